import { createHash } from 'node:crypto';

const number = (value: number) => String(value).padStart(4, '0');

/** Keys of one run's objects in the lake. */
export interface BronzeKeys {
  /** Where all of them are, with the slash. */
  readonly folder: string;
  /** Where the keys of its files begin. */
  readonly files: string;
  readonly manifest: string;
  readonly plan: string;
  /** The statement that was started, and what it reads. */
  readonly statement: string;
  /** Result of one invocation. */
  part(part: number): string;
  file(file: number): string;
  /** What the ranges of a split window are read from by the state machine. */
  readonly ranges: string;
  /** Rows of keys that the source no longer has, and every key that it has. */
  readonly deleted: string;
  readonly keyList: string;
  /** Statement of one range. */
  rangeStatement(part: number): string;
  /** A range's files are numbered by themselves, since ranges are read at the same time. */
  rangeFile(part: number, file: number): string;
}

const MANIFEST = '_manifest.json';

/** Key of a run's manifest. `plannedAt` is ISO 8601 UTC: its day is the extract date. */
export const manifestKey = (query: string, plannedAt: string, runId: string): string =>
  `bronze/${query}/extract_date=${plannedAt.slice(0, 10)}/run_id=${runId}/${MANIFEST}`;

/** The other keys of a run, from the key of its manifest. */
export function bronzeKeys(manifest: string): BronzeKeys {
  const folder = manifest.slice(0, -MANIFEST.length);
  return {
    folder,
    files: `${folder}part`,
    manifest,
    plan: `${folder}_plan.json`,
    statement: `${folder}_statement.json`,
    part: (part) => `${folder}_parts/${number(part)}.json`,
    file: (file) => `${folder}part-${number(file)}.parquet`,
    ranges: `${folder}_ranges.json`,
    deleted: `${folder}part-deleted.parquet`,
    keyList: `${folder}_keys.parquet`,
    rangeStatement: (part) => `${folder}_parts/${number(part)}-statement.json`,
    rangeFile: (part, file) => `${folder}part-${number(part)}-${number(file)}.parquet`,
  };
}

/** A request id that the same run and statement always have, in the form of a UUID. */
export function requestIdFor(runId: string, sql: string): string {
  const hex = createHash('sha256').update(`${runId}\n${sql}`).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}
