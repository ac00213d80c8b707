/** A virtual environment of foreign clients, and the file under test/clients that fills it. */
export interface ClientEnvironment {
  readonly venv: string;
  readonly python: string;
  readonly requirements: string;
}

/** Where things are on this machine. */
export interface Paths {
  readonly root: string;
  readonly setupDir: string;
  readonly home: string;
  readonly venv: string;
  readonly venvPython: string;
  readonly clients: Readonly<
    Record<'foreign clients' | 'older Snowflake connector', ClientEnvironment>
  >;
  readonly jarsDir: string;
  readonly clientJarsDir: string;
  readonly stampsDir: string;
  readonly bundledJavaHome: string;
  readonly nodeBin: string;
  readonly javaHome: string | undefined;
}

export const root: string;
export const setupDir: string;
export const paths: Paths;
