import { stringify } from 'yaml';
import type { CatalogTable } from '#src/discover/catalog-table.ts';
import { proposeChecks, proposeSilver } from '#src/discover/propose-contract.ts';
import { proposeQuery, type QueryProposal } from '#src/discover/propose-query.ts';
import { quoteName } from '#src/model/sql-text.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { loadPipeline } from './pipeline-file.ts';
import { openSnowflake, type SnowflakeSession } from './snowflake-connection.ts';
import { readCatalog, storedName } from './source-catalog.ts';

/** Rows that are looked at, of each table. */
const SAMPLE_ROWS = 1000;

async function count(session: SnowflakeSession, sql: string): Promise<Record<string, number>> {
  const [row = {}] = await session.execute(sql);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}

/** What some rows say against a proposal: a key that repeats, a watermark that is missing or does not rise. */
async function sampleNotes(
  session: SnowflakeSession,
  { table, key, watermark_column: watermark }: QueryProposal,
): Promise<string[]> {
  const notes: string[] = [];
  const sample = `(SELECT * FROM ${table} LIMIT ${SAMPLE_ROWS}) AS sampled`;
  if (key.length > 0) {
    const distinct = `SELECT DISTINCT ${key.map(quoteName).join(', ')} FROM ${sample}`;
    const { ROWS_SEEN: rows = 0, KEYS: keys = 0 } = await count(
      session,
      `SELECT (SELECT COUNT(*) FROM ${sample}) AS ROWS_SEEN, (SELECT COUNT(*) FROM (${distinct}) AS d) AS KEYS`,
    );
    if (keys < rows) notes.push(`${key.join(', ')} repeats: ${rows} rows, ${keys} different`);
  }
  if (watermark === undefined || key.length === 0) return notes;
  const column = quoteName(watermark);
  const {
    ROWS_SEEN: rows = 0,
    MISSING: missing = 0,
    FALLING: falling = 0,
  } = await count(
    session,
    `SELECT COUNT(*) AS ROWS_SEEN, SUM(CASE WHEN w IS NULL THEN 1 ELSE 0 END) AS MISSING,
       SUM(CASE WHEN w < before THEN 1 ELSE 0 END) AS FALLING
     FROM (SELECT ${column} AS w, LAG(${column}) OVER (ORDER BY ${key.map(quoteName).join(', ')}) AS before
           FROM ${sample}) AS ordered`,
  );
  if (missing > 0) notes.push(`${watermark} is NULL in ${missing} of ${rows} rows`);
  notes.push(
    falling === 0
      ? `${watermark} rises with the key in ${rows} rows`
      : `${watermark} falls ${falling} times in ${rows} rows by key: rows are changed after they came`,
  );
  return notes;
}

async function propose(session: SnowflakeSession, table: CatalogTable) {
  const proposal = proposeQuery(table);
  const notes = [...proposal.notes, ...(await sampleNotes(session, proposal))];
  return {
    query: { ...proposal, notes },
    silver: proposal.key.length === 0 ? null : proposeSilver(table, proposal),
    checks: proposal.key.length === 0 ? [] : proposeChecks(table, proposal),
  };
}

type Proposed = Awaited<ReturnType<typeof propose>>;

/** The proposals as the sections of pipeline.yml, with what to look at beside each query. */
function asYaml(proposals: readonly Proposed[]): string {
  const queries = proposals.map(({ query: { notes, ...query } }) => {
    const lines = stringify([query], { lineWidth: 0 }).trimEnd();
    return [...notes.map((note) => `# ${query.table}: ${note}`), lines].join('\n');
  });
  const indent = (text: string, by: string) => text.replaceAll(/^/gm, by);
  const silver = proposals.flatMap((one) => (one.silver === null ? [] : [one.silver]));
  const checks = proposals.flatMap((one) => one.checks);
  return [
    'extract:',
    '  queries:',
    indent(queries.join('\n'), '    '),
    stringify({ silver, checks }, { lineWidth: 0 }).trimEnd(),
  ].join('\n');
}

async function run({ args, shared }: Invocation): Promise<Outcome> {
  const { snowflake } = loadPipeline(shared.pipeline).document;
  const session = await openSnowflake(shared, snowflake);
  try {
    const schema = storedName(args[0] ?? snowflake.schema);
    const proposals: Proposed[] = [];
    for (const table of await readCatalog(session, schema)) {
      proposals.push(await propose(session, table));
    }
    const text = proposals.length === 0 ? `${schema} has no tables` : asYaml(proposals);
    return { document: { schema, proposals }, text };
  } finally {
    await session.close();
  }
}

export const discoverCommand: Command = {
  name: 'discover',
  summary: 'Proposes queries, silver contracts and checks for the tables of a schema',
  usage: '[schema]',
  example: 'snowmelt discover PUBLIC > proposed.yml',
  run,
};
