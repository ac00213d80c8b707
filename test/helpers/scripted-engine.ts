import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Engine,
  type EngineSession,
  type ExecuteOptions,
  type OpenSession,
  type ResultColumn,
  type ResultSet,
  SnowflakeError,
  type StatementResult,
  type WireType,
} from '#local/snowflake/statement.ts';

/**
 * An engine that answers a handful of sentences, for what the doors alone decide: framing, chunks,
 * sessions, time. What SQL means is tested with the real engine.
 *
 *   rows N by P          N rows (a number, a text, a boolean) in partitions of P
 *   wait MS              ends after MS milliseconds, or when it is aborted
 *   wait deafly MS       the same, without noticing an abort
 *   insert N             a DML statement that has inserted N rows
 *   binds                one row of the binds, as text
 *   fail                 an unknown object
 *   crash                an error that is no SnowflakeError
 *   types                one row of every type, and one of NULL
 */
type Cell = string | null;

const SELECT = 0x1000;
const INSERT = 0x3100;

const column = (name: string, type: WireType, extra: Partial<ResultColumn> = {}): ResultColumn => ({
  name,
  type,
  nullable: true,
  precision: null,
  scale: null,
  length: null,
  byteLength: null,
  ...extra,
});

const partitionOf = (rows: readonly (readonly Cell[])[]) => {
  const text = rows.map((row) => JSON.stringify(row)).join(',');
  return { rowCount: rows.length, byteCount: Buffer.byteLength(text), read: async () => text };
};

const resultOf = (
  columns: readonly ResultColumn[],
  rows: readonly (readonly Cell[])[],
  size = Math.max(rows.length, 1),
): ResultSet => {
  const count = Math.ceil(rows.length / size);
  const slices = Array.from({ length: count }, (_, at) => rows.slice(at * size, (at + 1) * size));
  return { columns, rowCount: rows.length, partitions: slices.map(partitionOf) };
};

const numbers = (count: number, size: number): ResultSet =>
  resultOf(
    [
      column('N', 'fixed', { precision: 38, scale: 0 }),
      column('T', 'text', { length: 100, byteLength: 400 }),
      column('B', 'boolean'),
    ],
    Array.from({ length: count }, (_, n) => [
      String(n),
      n % 7 === 0 ? `a "quoted\\" [1,0] ${n}` : n % 5 === 0 ? null : `text ${n}`,
      n % 3 === 0 ? null : String(n % 2),
    ]),
    size,
  );

const EVERY_TYPE: readonly (readonly [ResultColumn, string])[] = [
  [column('FIXED', 'fixed', { precision: 38, scale: 0 }), '12345678901234567890'],
  [column('CENTS', 'fixed', { precision: 12, scale: 2 }), '-1.50'],
  [column('REAL', 'real'), '1.25'],
  [column('TEXT', 'text', { length: 16_777_216, byteLength: 16_777_216 }), 'ä "b"\n\u0001😀'],
  [column('BOOLEAN', 'boolean'), '1'],
  [column('DATE', 'date'), '19782'],
  [column('TIME', 'time', { precision: 0, scale: 9 }), '3723.500000000'],
  [column('NTZ', 'timestamp_ntz', { precision: 0, scale: 9 }), '1704164645.123456789'],
  [column('LTZ', 'timestamp_ltz', { precision: 0, scale: 9 }), '1704164645.123456789'],
  [column('TZ', 'timestamp_tz', { precision: 0, scale: 9 }), '1704164645.123456789 1500'],
  [column('VARIANT', 'variant'), '{"a":[1,null]}'],
  [column('OBJECT', 'object'), '{"b":true}'],
  [column('ARRAY', 'array'), '[1,"x"]'],
  [column('BINARY', 'binary', { length: 8, byteLength: 8 }), '00FFA1'],
];

const everyType = (): ResultSet =>
  resultOf(
    EVERY_TYPE.map(([described]) => described),
    [EVERY_TYPE.map(([, cell]) => cell), EVERY_TYPE.map(() => null)],
  );

const bindsAsRow = ({ binds = {} }: ExecuteOptions): ResultSet => {
  const entries = Object.entries(binds);
  return resultOf(
    entries.map(([position]) => column(`B${position}`, 'text', { length: 100, byteLength: 400 })),
    [entries.map(([, { type, value }]) => `${type}:${JSON.stringify(value)}`)],
  );
};

async function wait(ms: number, signal: AbortSignal | undefined): Promise<ResultSet> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal });
  return resultOf([column('WAITED', 'fixed', { precision: 9, scale: 0 })], [[String(ms)]]);
}

async function answer(sql: string, options: ExecuteOptions): Promise<[number, ResultSet]> {
  const [word = '', ...rest] = sql.trim().split(/\s+/);
  const figures = rest.filter((part) => /^\d+$/.test(part)).map(Number);
  const [first = 0, second = 1] = figures;
  switch (word) {
    case 'rows':
      return [SELECT, numbers(options.describeOnly === true ? 0 : first, second)];
    case 'wait':
      return [SELECT, await wait(first, rest[0] === 'deafly' ? undefined : options.signal)];
    case 'insert': {
      const inserted = column('number of rows inserted', 'fixed', { precision: 19, scale: 0 });
      return [INSERT, resultOf([inserted], [[String(first)]])];
    }
    case 'binds':
      return [SELECT, bindsAsRow(options)];
    case 'types':
      return [SELECT, everyType()];
    case 'create':
      return [0x6000, resultOf([column('status', 'text')], [['done']])];
    case 'crash':
      throw new TypeError('a fault of the engine');
    default:
      throw new SnowflakeError(
        '002003',
        '42S02',
        `SQL compilation error:\nObject '${sql}' does not exist or not authorized.`,
      );
  }
}

const PARAMETERS = [
  { name: 'TIMEZONE', value: 'UTC' },
  { name: 'DATE_OUTPUT_FORMAT', value: 'YYYY-MM-DD' },
  { name: 'TIME_OUTPUT_FORMAT', value: 'HH24:MI:SS' },
  { name: 'TIMESTAMP_OUTPUT_FORMAT', value: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM' },
  { name: 'TIMESTAMP_NTZ_OUTPUT_FORMAT', value: 'YYYY-MM-DD HH24:MI:SS.FF3' },
  { name: 'TIMESTAMP_LTZ_OUTPUT_FORMAT', value: '' },
  { name: 'TIMESTAMP_TZ_OUTPUT_FORMAT', value: '' },
  { name: 'BINARY_OUTPUT_FORMAT', value: 'HEX' },
  { name: 'AUTOCOMMIT', value: true },
] as const;

export interface ScriptedEngine extends Engine {
  /** Every session ever opened, as it was asked for. */
  readonly opened: readonly OpenSession[];
  /** Every statement that reached the engine. */
  readonly executed: readonly string[];
  readonly openSessions: number;
}

export function createScriptedEngine(): ScriptedEngine {
  const opened: OpenSession[] = [];
  const executed: string[] = [];
  let openSessions = 0;
  const openSession = async (asked: OpenSession): Promise<EngineSession> => {
    opened.push(asked);
    openSessions += 1;
    const context = {
      database: asked.database ?? null,
      schema: asked.schema ?? null,
      warehouse: asked.warehouse ?? null,
      role: asked.role ?? null,
    };
    const own = Object.entries(asked.parameters ?? {}).map(([name, value]) => ({ name, value }));
    return {
      context,
      split: (sql) => sql.split(';').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])),
      async execute(sql, options): Promise<StatementResult> {
        executed.push(sql);
        const [statementTypeId, result] = await answer(sql, options);
        return { statementTypeId, result, context };
      },
      parameters: () => [...PARAMETERS, ...own],
      async close() {
        openSessions -= 1;
      },
    };
  };
  return {
    opened,
    executed,
    get openSessions() {
      return openSessions;
    },
    openSession,
    close: async () => undefined,
  };
}
