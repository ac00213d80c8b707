import { z } from 'zod';

/** Names become S3 key segments, execution names and SQL identifiers, so they are kept plain. */
const Name = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    'expected lower-case letters, digits and _, for example "orders"',
  );

const SqlExpression = z.string().min(1);

const Snowflake = z.strictObject({
  account: z.string().min(1),
  warehouse: z.string().min(1),
  database: z.string().min(1),
  schema: z.string().min(1),
  role: z.string().min(1).optional(),
  authentication: z.enum(['key_pair', 'pat']).default('key_pair'),
  storage_integration: z
    .string()
    .regex(/^(?:[A-Za-z_][A-Za-z0-9_$]*|"(?:[^"]|"")+")$/, 'expected the name of an integration')
    .optional()
    .describe('a storage integration that may write below bronze/ of the lake, for unloading'),
});

const Schedule = z.strictObject({
  group: Name.max(40, 'expected at most 40 characters, which interval ids have room for'),
  every_minutes: z.int().min(5).describe('minutes between two intervals of the group'),
});

export const ExtractQuery = z
  .strictObject({
    name: Name,
    table: z.string().min(1).optional().describe('table or view, optionally qualified'),
    sql: z.string().min(1).optional().describe('a SELECT without a window predicate'),
    key: z.array(z.string()).min(1),
    watermark_column: z.string().min(1).optional().describe('absent: the whole table every time'),
    lag_seconds: z.number().min(0).default(0),
    settle_seconds: z.number().min(0).default(0),
    lag: z
      .int()
      .min(0)
      .optional()
      .describe(
        'number watermark: so far below the last one is read again, for rows that were committed late',
      ),
    null_watermark: z
      .enum(['sweep', 'ignore', 'refuse'])
      .default('sweep')
      .describe(
        'rows that have no watermark: read with every window, left out, or a reason to stop',
      ),
    contract: z
      .enum(['evolve', 'freeze', 'discard'])
      .default('evolve')
      .describe(
        "when the source's columns change: follow, stop, or follow without the columns that are new",
      ),
    deletes: z
      .enum(['none', 'stream', 'changes', 'key_difference'])
      .default('none')
      .describe(
        "how rows that went are found: a stream, the table's change tracking, or by comparing keys",
      ),
    stream: z.string().min(1).optional().describe('deletes: stream: a stream on the table'),
    key_difference_every: z
      .string()
      .regex(/^[1-9]\d* (hours?|days?)$/, 'expected for example "6 hours" or "1 day"')
      .default('1 day')
      .describe('deletes: key_difference: how often all keys are compared'),
    partition_by: z.enum(['date']).default('date'),
    group: Name.default('default'),
    max_file_mb: z.number().positive().default(128),
    strategy: z
      .enum(['auto', 'fetch', 'unload'])
      .default('auto')
      .describe(
        'fetch: result partitions, written here; unload: Snowflake writes the files; ' +
          'auto: unload for tables of 1 GiB and more, where there is a storage integration',
      ),
    verify: z
      .enum(['count', 'checksum'])
      .default('count')
      .describe(
        'what must be equal at the source and in the files; checksum reads the window twice',
      ),
    columns: z.array(z.string()).min(1).optional().describe('absent: every column of the table'),
    split: z
      .strictObject({
        column: z
          .string()
          .min(1)
          .optional()
          .describe('absent: the watermark column, or a key of one number'),
        rows: z.int().min(1).default(10_000_000).describe('rows of one range, about'),
      })
      .optional()
      .describe(
        'reads a window as ranges, several at a time, of one snapshot; ' +
          'absent: only the first load of more than 50 million rows',
      ),
  })
  .refine((query) => (query.table === undefined) !== (query.sql === undefined), {
    message: 'expected exactly one of "table" and "sql"',
  })
  .refine((query) => (query.deletes === 'stream') === (query.stream !== undefined), {
    message: 'expected "stream" with "deletes: stream", and only there',
  })
  .refine(({ deletes, split }) => deletes === 'none' || split === undefined, {
    message: 'expected no "split" where "deletes" is set: its rows are not read at a snapshot',
  })
  .refine(({ deletes, verify }) => deletes === 'none' || verify === 'count', {
    message:
      'expected no "verify: checksum" where "deletes" is set: deleted rows are not at the source',
  })
  .refine(({ deletes, table }) => !/stream|changes/.test(deletes) || table !== undefined, {
    message: 'expected "table": the rows of a query by sql have no change tracking',
  });

/** Tables that are extracted alike, by name: one line for any number of them. */
const TablePattern = z.looseObject({
  like: z
    .string()
    .regex(
      /^([\w$]+\.)?[\w$*]+$/,
      'expected a table or schema.table, with * in the table for any characters',
    )
    .describe('tables, for example "*", "SALES_*" or "RAW.*"'),
  except: z.array(z.string()).default([]).describe('patterns of tables that are left out'),
  key: z.array(z.string()).min(1).optional().describe("absent: each table's primary key"),
  watermark_column: z
    .string()
    .min(1)
    .optional()
    .describe('absent: the column whose name says when a row was changed; none: read whole'),
});
export type TablePattern = z.infer<typeof TablePattern>;

const Extract = z.strictObject({
  source_system: Name,
  output_format: z.literal('parquet').default('parquet'),
  compression: z.literal('snappy').default('snappy'),
  defaults: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('settings of every query that does not have them itself'),
  tables: z
    .array(TablePattern)
    .default([])
    .describe(
      'patterns of tables, which become queries when the pipeline is published; ' +
        'other settings of a query may stand beside a pattern',
    ),
  queries: z.array(ExtractQuery).default([]),
});

/** Types of silver columns, in Spark SQL's words; struct types are written out. */
const ColumnType = z
  .string()
  .regex(
    /^(string|boolean|int|bigint|double|date|timestamp|decimal\(\d{1,2},\s*\d{1,2}\)|struct<.+>)$/,
    'expected string, boolean, int, bigint, double, date, timestamp, decimal(p,s) or struct<…>',
  );

export const SilverColumn = z.strictObject({
  name: Name,
  type: ColumnType,
  expression: SqlExpression.optional().describe(
    'Spark SQL over the source columns; absent: the column of that name',
  ),
});

export const SilverTable = z.strictObject({
  table: Name,
  source: Name.describe('name of an extract query'),
  key: z.array(Name).min(1).describe('business key, in silver column names'),
  surrogate_key: Name.optional().describe('column that holds a stable 64-bit hash of the key'),
  history: z.enum(['scd1', 'scd2']).default('scd1'),
  order_by: z
    .array(z.string())
    .default([])
    .describe('source columns: which version of a key is newest, last wins'),
  valid_from: Name.optional().describe('scd2: the column that says when a version began'),
  columns: z.array(SilverColumn).min(1),
  rules: z
    .array(z.strictObject({ reason: Name, reject_when: SqlExpression }))
    .default([])
    .describe(
      'Spark SQL over the source columns: a row for which it is true is rejected with that reason; ' +
        'the first rule counts',
    ),
  deduplicate: z
    .strictObject({
      by: z.array(z.string()).min(1),
      keep_first_by: z.array(z.string()).min(1),
    })
    .optional()
    .describe(
      'scd1: source columns: accepted rows of different keys that are the same thing; ' +
        'all but the first are duplicates',
    ),
});

const checkBase = {
  name: Name,
  layer: z.enum(['silver', 'gold']),
  table: Name,
  severity: z.enum(['warn', 'fail']).default('fail'),
  max_failing_share: z.number().min(0).max(1).default(0),
};

export const Check = z.discriminatedUnion('kind', [
  z.strictObject({ ...checkBase, kind: z.literal('schema') }),
  z.strictObject({ ...checkBase, kind: z.literal('not_null'), column: Name }),
  z.strictObject({
    ...checkBase,
    kind: z.literal('unique'),
    columns: z.array(Name).min(1),
    where: SqlExpression.optional(),
  }),
  z.strictObject({
    ...checkBase,
    kind: z.literal('range'),
    column: Name,
    min: z.number().optional(),
    max: z.number().optional(),
  }),
  z.strictObject({
    ...checkBase,
    kind: z.literal('accepted_values'),
    column: Name,
    values: z.array(z.union([z.string(), z.number()])).min(1),
  }),
  z.strictObject({
    ...checkBase,
    kind: z.literal('reference'),
    column: Name,
    to_table: Name,
    to_column: Name,
  }),
  z.strictObject({ ...checkBase, kind: z.literal('row_count'), min: z.int().min(0) }),
  z.strictObject({ ...checkBase, kind: z.literal('reject_share') }),
]);

const Model = z.strictObject({
  name: Name,
  features: Name.describe('gold table: one row per entity and as-of date'),
  labels: Name.describe(
    'gold table: the label of each entity and as-of date whose horizon has passed',
  ),
  entity: z.array(Name).min(1),
  as_of: Name,
  label: Name,
  baseline: Name.describe('the one feature the baseline ranks by'),
  predictions: Name.describe('gold table that scores are written to'),
  seed: z.int().default(7),
  test_share: z
    .number()
    .min(0.05)
    .max(0.5)
    .default(0.25)
    .describe('newest share of as-of dates held out'),
  label_horizon_days: z
    .int()
    .min(0)
    .default(0)
    .describe('days after an as-of date in which its label is decided'),
  retrain_after_days: z.number().positive().default(7),
});

export const PipelineFile = z.strictObject({
  name: Name,
  snowflake: Snowflake,
  schedules: z.array(Schedule).default([]),
  extract: Extract,
  silver: z.array(SilverTable).default([]),
  gold: z
    .strictObject({
      models: z
        .string()
        .describe('folder of SQL files, relative to this file; variables: silver, gold, as_of'),
    })
    .optional(),
  checks: z.array(Check).default([]),
  model: Model.optional(),
  alerts: z.strictObject({ emails: z.array(z.string()).default([]) }).optional(),
});

export const GoldModel = z.strictObject({
  table: Name,
  grain: z.string(),
  key: z.array(Name).min(1),
  sql: z.string().min(1),
});

/** pipeline.yml with its gold models read in: what is published, and what every Lambda and job reads. */
export const PipelineDocument = PipelineFile.omit({ gold: true }).extend({
  gold: z.array(GoldModel).default([]),
});

export type PipelineFile = z.infer<typeof PipelineFile>;
export type PipelineDocument = z.infer<typeof PipelineDocument>;
export type ExtractQuery = z.infer<typeof ExtractQuery>;
export type SilverTable = z.infer<typeof SilverTable>;
export type GoldModel = z.infer<typeof GoldModel>;
export type Check = z.infer<typeof Check>;
