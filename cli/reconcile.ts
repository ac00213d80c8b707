import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbProfile } from '#src/adapters/duckdb/file-profile.ts';
import { comparedColumns, newestRowsSql, sourceRowsSql } from '#src/extract/newest-rows.ts';
import { sourceProfile } from '#src/extract/source-profile.ts';
import type { Manifest } from '#src/model/manifest.ts';
import type { ExtractQuery, PipelineDocument } from '#src/model/pipeline.ts';
import { profileSql, readProfile } from '#src/model/row-profile.ts';
import { type Command, type Invocation, type Outcome, UsageError } from './command.ts';
import { openLake, readManifests } from './lake.ts';
import { loadPipeline } from './pipeline-file.ts';
import { openSnowflake, type SnowflakeSession } from './snowflake-connection.ts';
import { openStack } from './stack.ts';
import { textTable } from './text-table.ts';

/** How much one place holds of a query's table. */
interface Holding {
  readonly place: string;
  readonly rows: number;
  /** Distinct keys; null where the place has no key of the source. */
  readonly keys: number | null;
}

/** One thing that must be equal in two places. */
interface Comparison {
  readonly question: string;
  readonly left: number | string;
  readonly right: number | string;
  readonly agrees: boolean;
}

const compare = (question: string, left: number | string, right: number | string): Comparison => ({
  question,
  left,
  right,
  agrees: left === right,
});

const keyText = (key: readonly string[]): string => key.map((name) => `"${name}"`).join(', ');

async function counts(lake: DuckDBConnection, sql: string): Promise<number[]> {
  const reader = await lake.runAndReadAll(sql);
  return (reader.getRowsJson()[0] ?? []).map(Number);
}

async function sourceHolding(snowflake: SnowflakeSession, query: ExtractQuery): Promise<Holding> {
  const from = query.table ?? `(${query.sql})`;
  const [row] = await snowflake.execute(
    `select count(*) as "rows", (select count(*) from (select distinct ${query.key.join(', ')} from ${from})) as "keys" from ${from}`,
  );
  return { place: 'source', rows: Number(row?.rows), keys: Number(row?.keys) };
}

async function bronzeHolding(lake: DuckDBConnection, query: ExtractQuery): Promise<Holding> {
  const [rows = 0, keys = 0] = await counts(
    lake,
    `select count(*), (select count(*) from (select distinct ${keyText(query.key)} from bronze."${query.name}"))
     from bronze."${query.name}"`,
  );
  return { place: `bronze.${query.name}`, rows, keys };
}

/** Count and checksum of the source at its last snapshot, and of the newest rows in bronze. */
async function profileComparisons(
  snowflake: SnowflakeSession,
  lake: DuckDBConnection,
  { query, last }: { readonly query: ExtractQuery; readonly last: Manifest },
): Promise<Comparison[]> {
  const columns = comparedColumns(last);
  const reader = await lake.runAndReadAll(
    profileSql(newestRowsSql(`bronze."${query.name}"`, last), columns, duckdbProfile),
  );
  const bronze = readProfile(columns, (reader.getRowsJson()[0] ?? []) as (string | null)[]);
  const sql = profileSql(sourceRowsSql(query, last), columns, sourceProfile);
  const [row = {}] = await snowflake.execute(sql);
  const source = readProfile(columns, Object.values(row) as (string | null)[]);
  return [
    compare('rows at the last snapshot = newest rows in bronze', source.rows, bronze.rows),
    compare('their checksum = that of bronze', source.checksum, bronze.checksum),
  ];
}

/** Silver accounts for every row it has read: accepted, or in the table of rejects with its reason. */
async function silverHoldings(
  lake: DuckDBConnection,
  document: PipelineDocument,
  query: ExtractQuery,
): Promise<Holding[]> {
  const holdings: Holding[] = [];
  for (const table of document.silver.filter(({ source }) => source === query.name)) {
    const current = table.history === 'scd2' ? ' where is_current' : '';
    const [rows = 0, keys = 0] = await counts(
      lake,
      `select count(*), count(distinct (${keyText(table.key)})) from silver."${table.table}"${current}`,
    );
    holdings.push({ place: `silver.${table.table}`, rows, keys });
    const [rejected = 0] = await counts(
      lake,
      `select count(*) from silver.rejects where table_name = '${table.table}'`,
    );
    holdings.push({ place: `silver.${table.table}, rejected`, rows: rejected, keys: null });
  }
  return holdings;
}

function comparisons(manifests: readonly Manifest[], holdings: readonly Holding[]): Comparison[] {
  const announced = manifests.reduce((sum, manifest) => sum + manifest.rows, 0);
  const counted = manifests.reduce((sum, manifest) => sum + manifest.sourceRows, 0);
  const [source, bronze, ...silver] = holdings;
  const current = silver.filter(({ keys }) => keys !== null);
  return [
    compare('keys at the source = keys in bronze', source?.keys ?? 0, bronze?.keys ?? 0),
    compare('rows the source counted = rows in the manifests', counted, announced),
    compare('rows in the manifests = rows in bronze', announced, bronze?.rows ?? 0),
    ...current.map(({ place, rows, keys }) =>
      compare(`rows in ${place} = its keys`, rows, keys ?? 0),
    ),
  ];
}

/** Rows at the source that have the key of another: which of them is newest cannot be told. */
const sharedKeys = ([source]: readonly Holding[]): number =>
  (source?.rows ?? 0) - (source?.keys ?? 0);

function remarks(holdings: readonly Holding[]): string[] {
  const shared = sharedKeys(holdings);
  if (shared === 0) return [];
  return [
    `${shared} rows at the source have the key of another row: rows and checksums are not compared.`,
  ];
}

async function run(invocation: Invocation): Promise<Outcome> {
  const { args, shared } = invocation;
  const { document } = loadPipeline(shared.pipeline);
  const query = document.extract.queries.find(({ name }) => name === args[0]);
  if (query === undefined) {
    const names = document.extract.queries.map(({ name }) => name).join(', ');
    throw new UsageError(
      `Cannot reconcile ${args[0] ?? 'nothing'}: expected a query of ${document.name}: ${names}.`,
    );
  }
  const stack = await openStack(shared);
  const lake = await openLake(stack);
  const snowflake = await openSnowflake(shared, document.snowflake);
  try {
    const manifests = await readManifests(stack, document.name, query.name);
    const holdings = [
      await sourceHolding(snowflake, query),
      await bronzeHolding(lake, query),
      ...(await silverHoldings(lake, document, query)),
    ];
    const last = manifests.at(-1);
    const isComparable = last !== undefined && sharedKeys(holdings) === 0;
    const compared = [
      ...comparisons(manifests, holdings),
      ...(isComparable ? await profileComparisons(snowflake, lake, { query, last }) : []),
    ];
    const agrees = compared.every((comparison) => comparison.agrees);
    const text = [
      textTable(
        ['place', 'rows', 'keys'],
        holdings.map(({ place, rows, keys }) => [place, rows, keys]),
      ),
      textTable(
        ['question', 'left', 'right', 'agrees'],
        compared.map(({ question, left, right, agrees: isEqual }) => [
          question,
          left,
          right,
          isEqual ? 'yes' : 'NO',
        ]),
      ),
      ...remarks(holdings),
    ].join('\n\n');
    return {
      document: { query: query.name, agrees, holdings, comparisons: compared },
      text,
      exitCode: agrees ? 0 : 1,
    };
  } finally {
    await snowflake.close();
    lake.closeSync();
  }
}

export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: 'The source against bronze and silver, now',
  usage: '<query>',
  example: 'snowmelt reconcile orders',
  run,
};
