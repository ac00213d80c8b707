declare module 'asl-validator' {
  /** Validates a definition in Amazon States Language. */
  export default function validate(
    definition: unknown,
    options?: { readonly checkArn?: boolean; readonly checkPaths?: boolean },
  ): { readonly isValid: boolean; errorsText(): string };
}
