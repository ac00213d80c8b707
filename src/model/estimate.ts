import { CREDITS_PER_HOUR, LEAST_WAREHOUSE_SECONDS, PRICES, type WarehouseSize } from './prices.ts';

/** Text that one invocation takes from Snowflake to Parquet, in bytes a second, as benchmarks measured it. */
const INVOCATION_BYTES_PER_SECOND = 20_000_000;

/** Text that a warehouse of the smallest size gives as a result; an assumption, no measurement. */
const WAREHOUSE_BYTES_PER_SECOND = 50_000_000;

/** Planning and commit, in seconds of an invocation. */
const FIXED_SECONDS = 5;

/** States of the machine around the parts, and for each of these. */
const FIXED_TRANSITIONS = 6;
const TRANSITIONS_PER_PART = 3;

/** Objects that a run writes beside its files. */
const FIXED_OBJECTS = 3;

export interface ExtractionSize {
  /** Rows as text, in bytes. */
  readonly textBytes: number;
  readonly files: number;
  readonly parts: number;
  /** Parts that are fetched at the same time. */
  readonly parallelParts: number;
  readonly memoryMb: number;
  readonly warehouseSize: WarehouseSize;
}

export interface Estimate {
  readonly seconds: number;
  readonly lambdaGbSeconds: number;
  readonly credits: number;
  readonly dollars: { readonly snowflake: number; readonly aws: number; readonly total: number };
}

/** What an extraction will take and cost, roughly: sizes are guessed from types, speeds from benchmarks. */
export function estimateExtraction(size: ExtractionSize): Estimate {
  const perHour = CREDITS_PER_HOUR[size.warehouseSize];
  const querySeconds = size.textBytes / (WAREHOUSE_BYTES_PER_SECOND * perHour);
  const fetchSeconds = size.textBytes / INVOCATION_BYTES_PER_SECOND;
  const atOnce = Math.max(1, Math.min(size.parts, size.parallelParts));
  const seconds = FIXED_SECONDS + querySeconds + fetchSeconds / atOnce;
  const lambdaGbSeconds = (FIXED_SECONDS + fetchSeconds) * (size.memoryMb / 1024);
  const credits = (Math.max(LEAST_WAREHOUSE_SECONDS, querySeconds) / 3600) * perHour;
  const snowflake = credits * PRICES.snowflakeCredit.dollars;
  const aws =
    lambdaGbSeconds * PRICES.lambdaGbSecond.dollars +
    (2 + size.parts) * PRICES.lambdaRequest.dollars +
    (FIXED_OBJECTS + size.parts + size.files) * PRICES.s3Put.dollars +
    (FIXED_TRANSITIONS + TRANSITIONS_PER_PART * size.parts) * PRICES.stateTransition.dollars;
  return { seconds, lambdaGbSeconds, credits, dollars: { snowflake, aws, total: snowflake + aws } };
}

/** Bytes of a value as text, by its type; texts are guessed. */
export function textBytesOf({ type, length }: { type: string; length: number | null }): number {
  if (type === 'BOOLEAN') return 4;
  if (type === 'DATE') return 8;
  if (type === 'TEXT' || type === 'BINARY') return Math.min(length ?? 32, 32) + 3;
  if (type.startsWith('TIMESTAMP') || type === 'TIME') return 23;
  if (type === 'VARIANT' || type === 'OBJECT' || type === 'ARRAY') return 200;
  return 12;
}
