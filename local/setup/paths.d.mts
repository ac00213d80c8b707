/** Where things are on this machine. */
export interface Paths {
  readonly root: string;
  readonly setupDir: string;
  readonly home: string;
  readonly venv: string;
  readonly venvPython: string;
  readonly clientsPython: string;
  readonly jarsDir: string;
  readonly stampsDir: string;
  readonly bundledJavaHome: string;
  readonly nodeBin: string;
  readonly javaHome: string | undefined;
}

export const root: string;
export const setupDir: string;
export const paths: Paths;
