export interface Entry {
  readonly name: string;
  readonly content: Buffer;
}

export function readEntries(folder: string, accept: (name: string) => boolean): Entry[];
export function zip(entries: readonly Entry[]): Buffer;
export function tarGz(entries: readonly Entry[]): Buffer;
