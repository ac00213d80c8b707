import { z } from 'zod';

const Catcher = z.looseObject({ Next: z.string() });

/** The parts of Amazon States Language that a graph shows. https://states-language.net/spec.html */
export interface AslState {
  readonly Type: string;
  readonly Comment?: string | undefined;
  readonly Next?: string | undefined;
  readonly End?: boolean | undefined;
  readonly Resource?: string | undefined;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Default?: string | undefined;
  readonly ItemsPath: string;
  readonly Choices: readonly (Readonly<Record<string, unknown>> & { readonly Next: string })[];
  readonly Catch: readonly { readonly Next: string }[];
  readonly ItemProcessor?: AslMachine | undefined;
  readonly Branches: readonly AslMachine[];
}

export interface AslMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
}

const State: z.ZodType<AslState> = z.lazy(() =>
  z.looseObject({
    Type: z.string(),
    Comment: z.string().optional(),
    Next: z.string().optional(),
    End: z.boolean().optional(),
    Resource: z.string().optional(),
    Parameters: z.record(z.string(), z.unknown()).default({}),
    Default: z.string().optional(),
    ItemsPath: z.string().default('$'),
    Choices: z.array(z.looseObject({ Next: z.string() })).default([]),
    Catch: z.array(Catcher).default([]),
    ItemProcessor: AslMachine.optional(),
    Branches: z.array(AslMachine).default([]),
  }),
);

export const AslMachine: z.ZodType<AslMachine> = z.lazy(() =>
  z.looseObject({ StartAt: z.string(), States: z.record(z.string(), State) }),
);

/** The value at a path of plain names such as `$.plan.parts`, or undefined; other paths are not resolved. */
export function valueAt(input: unknown, path: string): unknown {
  if (!/^\$(\.[A-Za-z_]\w*)*$/.test(path)) return undefined;
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null
          ? (value as Record<string, unknown>)[name]
          : undefined,
      input,
    );
}
