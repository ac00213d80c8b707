import { INFORMATION_SCHEMA } from '../catalog/information-schema.ts';
import { ACCOUNT_USAGE_VIEWS, HISTORY_FUNCTIONS } from '../history/history-relations.ts';
import { PARAMETERS } from './parameters.ts';
import { STATEMENTS } from './statement-kinds.ts';

export interface StatementSupport {
  readonly feature: string;
  readonly isSupported: boolean;
  readonly note?: string;
}

/** What a statement does otherwise than Snowflake, by its name in the table. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  BEGIN: 'one transaction writes at a time, whatever the tables; others wait',
  DECLARE: 'blocks of Snowflake Scripting, also from BEGIN; no ASYNC, no CONTINUE handlers',
  'CREATE PROCEDURE': 'in SQL; one of a name, no OUT arguments; EXECUTE AS changes nothing',
  'EXECUTE IMMEDIATE': 'of a string or a session variable; FROM a stage is refused',
  ROLLBACK:
    'a statement error keeps the transaction, except after RANDOM, UUID_STRING or sequences, when it ends',
  'CREATE TABLE':
    'keys are declared, not enforced, as in Snowflake; no collations, policies or tags',
  'ALTER TABLE': 'a change of columns writes the table anew',
  'CREATE STREAM':
    'an UPDATE that changes no value gives no change; a new column is NULL in older rows',
  'UNDROP TABLE':
    'not of a schema or database that was dropped, nor with a default from a sequence',
  'CREATE STORAGE INTEGRATION':
    'S3 only; its role is not assumed, what the stand-in was started with reaches the bucket',
  'CREATE STAGE':
    'internal, or of S3 at AWS_ENDPOINT_URL; encryption changes nothing, a directory table stays empty',
  'CREATE FILE FORMAT':
    'CSV, JSON and PARQUET; of options that change nothing here only the default is taken',
  'COPY INTO location':
    'Parquet holds TIME in microseconds, cut to milliseconds; files are numbered one after the other',
  'COPY INTO table':
    'first_error_character is NULL for values that cannot be converted; JSON objects with a key twice are taken',
  PUT: 'for drivers that know LOCAL_FS (not the Python connector 5); driver and stand-in share a file system; a file that is there is replaced even without OVERWRITE',
  GET: 'for drivers that know LOCAL_FS, on the same file system',
  'CREATE ROLE': 'a name: every role may be used and sees everything',
  'CREATE WAREHOUSE': 'a name: size and suspension change nothing',
  'SHOW TABLES': 'bytes is NULL',
  'SHOW SEQUENCES': 'next_value is NULL',
  'USE SECONDARY ROLES': 'changes nothing, every role sees everything',
};

/**
 * Kinds of statements that Snowflake users know; those that are not in the table are refused by
 * name.
 */
const KNOWN_STATEMENTS: readonly string[] = [
  'MERGE',
  'TRUNCATE',
  'CALL',
  'EXECUTE',
  'EXPLAIN',
  'GRANT',
  'REVOKE',
  'CREATE PIPE',
  'CREATE TASK',
  'CREATE DYNAMIC TABLE',
  'CREATE MATERIALIZED VIEW',
  'CREATE ICEBERG TABLE',
  'CREATE PROCEDURE',
  'CREATE FUNCTION',
  'CREATE USER',
  'ALTER USER',
  'CREATE MASKING POLICY',
  'SHOW GRANTS',
  'SHOW TASKS',
];

/** Parts of statements that the table does not show. */
const SUPPORTED_PARTS: readonly string[] = [
  'FROM @stage (FILE_FORMAT => …, PATTERN => …) with $1, $1:path and METADATA$ columns',
  'TABLE(INFER_SCHEMA(…)) of Parquet',
];

/** Refused parts of statements that are supported otherwise. */
const REFUSED_PARTS: readonly string[] = [
  'UNDROP SCHEMA | DATABASE',
  'CREATE STREAM … ON VIEW | EXTERNAL TABLE | STAGE | DYNAMIC TABLE',
  'CREATE DATABASE | SCHEMA … CLONE',
  'ALTER TABLE … RENAME TO another schema',
  'CREATE TEMPORARY VIEW, CREATE RECURSIVE VIEW, CREATE MATERIALIZED VIEW',
  'CREATE OR ALTER STAGE',
  'COPY INTO table … VALIDATION_MODE = RETURN_n_ROWS',
  'COPY INTO table with SELECT … WHERE, JOIN, random values or sequences',
  'INFER_SCHEMA of CSV and JSON, CREATE TABLE … USING TEMPLATE',
  'SELECT * FROM a stage, a stage in a view',
  'files compressed with bzip2; AVRO, ORC and XML',
  'names that differ in case only',
];

/** Statements by the table that dispatches them, and what is refused by name. */
export function statementSupport(): StatementSupport[] {
  const supported = Object.keys(STATEMENTS).map((feature) => {
    const note = DEVIATIONS[feature];
    return note === undefined
      ? { feature, isSupported: true }
      : { feature, isSupported: true, note };
  });
  const parts = SUPPORTED_PARTS.map((feature) => ({ feature, isSupported: true }));
  const note = 'refused with 000002';
  const known = KNOWN_STATEMENTS.filter((kind) => STATEMENTS[kind] === undefined);
  const refused = [...known, ...REFUSED_PARTS].map((feature) => ({
    feature,
    isSupported: false,
    note,
  }));
  return [...supported, ...parts, ...refused];
}

/** Views of INFORMATION_SCHEMA. */
export function informationSchemaSupport(): StatementSupport[] {
  const functions = HISTORY_FUNCTIONS.map((name) => `${name}()`);
  return [...Object.keys(INFORMATION_SCHEMA), ...functions].map((feature) => ({
    feature,
    isSupported: true,
  }));
}

/** Views of SNOWFLAKE.ACCOUNT_USAGE; they have no delay. */
export function accountUsageSupport(): StatementSupport[] {
  const note = 'seven days, without a delay; BYTES_SCANNED and COMPILATION_TIME are NULL';
  return ACCOUNT_USAGE_VIEWS.map((feature) => ({ feature, isSupported: true, note }));
}

/** Session parameters; one that changes nothing takes its default only. */
export function parameterSupport(): StatementSupport[] {
  return Object.entries(PARAMETERS).map(([feature, { isHonoured }]) =>
    isHonoured
      ? { feature, isSupported: true }
      : { feature, isSupported: false, note: 'its default only' },
  );
}
