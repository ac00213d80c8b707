import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExtractLab, openExtractLab } from '#test/helpers/extract-lab.ts';
import { runAll } from '#test/helpers/extract-source.ts';
import { CSV_PATH, hasCsv } from '../online-retail/oracle.ts';

/** The soak takes every line of the file, `npm test` one of twenty. */
const isWhole = process.env.SNOWMELT_MINUTES !== undefined;
const STEP = isWhole ? 1 : 20;
const SEED = Number(process.env.SNOWMELT_SEED ?? 1);
const ROWS_PER_STATEMENT = 20_000;

const COLUMNS = [
  '"_LINE" number(38,0)',
  'invoiceno varchar',
  'stockcode varchar',
  'description varchar',
  'quantity number(9,0)',
  'invoicedate timestamp_ntz(9)',
  'unitprice number(12,3)',
  'customerid varchar',
  'country varchar',
];

/** One text of everything that a row of the source says; what was read when does not count. */
const ROW_TEXT = `to_json([_LINE::varchar, INVOICENO, STOCKCODE, DESCRIPTION, QUANTITY::varchar,
  INVOICEDATE::timestamp::varchar, UNITPRICE::decimal(12,3)::varchar, CUSTOMERID, COUNTRY])`;
const CONTENT = `count(*)::int as rows, md5(string_agg(md5(line), '' order by key)) as hash`;

const reason = hasCsv() ? '' : ' (skipped: ../shared/data/online-retail is not there)';

let lab: ExtractLab;
let expected: Record<string, unknown>;

/** Brings the lines of the file to the source; what they are, told by DuckDB alone. */
async function loadSource(): Promise<Record<string, unknown>> {
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  await duckdb.run(
    `create table lines as select * from (select row_number() over () as _LINE, *
     from read_csv('${CSV_PATH}', header = true, all_varchar = true, strict_mode = true))
     where _LINE % ${STEP} = 1 or ${STEP} = 1`,
  );
  await runAll(lab.source, `create table online_retail (${COLUMNS.join(', ')})`);
  const reader = await duckdb.runAndReadAll('select * from lines order by _LINE');
  const lines = reader.getRowsJson();
  for (let from = 0; from < lines.length; from += ROWS_PER_STATEMENT) {
    const json = JSON.stringify(lines.slice(from, from + ROWS_PER_STATEMENT));
    const text = json.replaceAll('\\', '\\\\').replaceAll("'", "''");
    const values = COLUMNS.map((column, at) => {
      const type = column.slice(column.indexOf(' ') + 1);
      return `value[${at}]::varchar::${type}`;
    });
    await runAll(
      lab.source,
      `insert into online_retail select ${values.join(', ')}
       from table(flatten(input => parse_json('${text}')))`,
    );
  }
  const told = await duckdb.runAndReadAll(
    `select ${CONTENT} from (select _LINE as key, ${ROW_TEXT} as line from lines)`,
  );
  return told.getRowObjectsJson()[0] ?? {};
}

/** Rows and their hash, each key once; fails when a key was read with two contents. */
async function contentOf(query: Awaited<ReturnType<ExtractLab['openQuery']>>) {
  const [content] = await query.committed(
    `select ${CONTENT}, max(versions)::int as versions from (
       select _LINE as key, min(${ROW_TEXT}) as line, count(distinct ${ROW_TEXT}) as versions
       from bronze group by all)`,
  );
  return content;
}

const ENDS = [
  ...Array.from({ length: 11 }, (_, month) => `2011-${String(month + 1).padStart(2, '0')}-01`),
  '2012-01-01',
];
const MONTHS = ENDS.map((to, at) => ({ from: ENDS[at - 1] ?? null, to }));

const halfMonthEarlier = (day: string) =>
  new Date(Date.parse(day) - 15 * 86_400_000).toISOString().slice(0, 10);
const OVERLAPPING = MONTHS.map(({ from, to }) => {
  return { from: from === null ? null : halfMonthEarlier(from), to };
});

/** The same order for the same seed. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state;
  };
  return items
    .map((item) => ({ item, rank: next() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

describe.skipIf(!hasCsv())(`Online Retail by months${reason}`, () => {
  beforeAll(async () => {
    lab = await openExtractLab('monthly-windows');
    expected = await loadSource();
  });
  afterAll(() => lab?.remove());

  it.each([
    ['whole', [{ from: null, to: '2012-01-01' }]],
    ['in order, a quarter of them again', [...MONTHS, ...MONTHS.slice(3, 6)]],
    ['overlapping and shuffled', shuffled(OVERLAPPING, SEED)],
  ])('gives the rows of the file when its windows are %s', async (name, windows) => {
    const query = await lab.openQuery(`retail_${name.replaceAll(/\W/g, '_')}`, {
      table: 'online_retail',
      key: ['_LINE'],
      watermark_column: 'invoicedate',
    });

    for (const window of windows) await query.extract({ window });

    expect(await contentOf(query)).toEqual({ ...expected, versions: 1 });
  });
});
