import { INFORMATION_SCHEMA } from '../catalog/information-schema.ts';
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
  ROLLBACK:
    'a statement error keeps the transaction, except after RANDOM, UUID_STRING or sequences, when it ends',
  'CREATE TABLE':
    'keys are declared, not enforced, as in Snowflake; no collations, policies or tags',
  'ALTER TABLE': 'a change of columns writes the table anew',
  'CREATE STREAM':
    'an UPDATE that changes no value gives no change; a new column is NULL in older rows',
  'UNDROP TABLE': 'tables of a schema or database that was dropped do not come back',
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
  'COPY',
  'PUT',
  'GET',
  'LIST',
  'REMOVE',
  'CALL',
  'EXECUTE',
  'EXPLAIN',
  'GRANT',
  'REVOKE',
  'CREATE STAGE',
  'CREATE FILE FORMAT',
  'CREATE STORAGE INTEGRATION',
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
  'SHOW STAGES',
  'SHOW TASKS',
];

/** Refused parts of statements that are supported otherwise. */
const REFUSED_PARTS: readonly string[] = [
  'UNDROP SCHEMA | DATABASE',
  'CREATE STREAM … ON VIEW | EXTERNAL TABLE | STAGE | DYNAMIC TABLE',
  'AT | BEFORE of a view, in a view, or of a temporary table',
  'CREATE DATABASE | SCHEMA … CLONE',
  'ALTER TABLE … RENAME TO another schema',
  'CREATE TEMPORARY VIEW, CREATE RECURSIVE VIEW, CREATE MATERIALIZED VIEW',
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
  const note = 'refused with 000002';
  const known = KNOWN_STATEMENTS.filter((kind) => STATEMENTS[kind] === undefined);
  const refused = [...known, ...REFUSED_PARTS].map((feature) => ({
    feature,
    isSupported: false,
    note,
  }));
  return [...supported, ...refused];
}

/** Views of INFORMATION_SCHEMA. */
export function informationSchemaSupport(): StatementSupport[] {
  return Object.keys(INFORMATION_SCHEMA).map((feature) => ({ feature, isSupported: true }));
}

/** Session parameters; one that changes nothing takes its default only. */
export function parameterSupport(): StatementSupport[] {
  return Object.entries(PARAMETERS).map(([feature, { isHonoured }]) =>
    isHonoured
      ? { feature, isSupported: true }
      : { feature, isSupported: false, note: 'its default only' },
  );
}
