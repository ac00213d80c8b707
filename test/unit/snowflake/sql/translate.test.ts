import { beforeAll, describe, expect, it } from 'vitest';
import { FAMILIES } from '#local/snowflake/sql/functions/registry.ts';
import type { Scope, ScopeRelation } from '#local/snowflake/sql/scope.ts';
import { supported } from '#local/snowflake/sql/support.ts';
import { loadTranslator, type Translator } from '#local/snowflake/sql/translate.ts';

const T: ScopeRelation = {
  duckdbName: '"DB.S"."T"',
  columns: [
    { name: 'ID', type: { name: 'NUMBER', precision: 38, scale: 0 }, nullable: false },
    { name: 'V', type: { name: 'VARIANT' }, nullable: true },
    { name: 'AT', type: { name: 'TIMESTAMP_NTZ', scale: 9 }, nullable: true },
    { name: 'Z', type: { name: 'TIMESTAMP_TZ', scale: 9 }, nullable: true },
  ],
};

const SCOPE: Scope = {
  user: 'ANA',
  database: 'DB',
  schema: 'S',
  warehouse: null,
  role: null,
  now: new Date('2024-03-15T10:20:30Z'),
  parameter: (name) => (name === 'TIMEZONE' ? 'UTC' : undefined),
  variable: () => undefined,
  relation: (parts) => (parts.at(-1) === 'T' ? T : undefined),
  sequence: (parts) => (parts.at(-1) === 'SEQ' ? '"DB.S"."SEQ"' : undefined),
  resultScan: () => undefined,
  systemFunction: (name, args) =>
    name === 'SYSTEM$ECHO' ? { value: args[0] ?? null, type: { name: 'TEXT' } } : undefined,
};

let translator: Translator;

beforeAll(async () => {
  translator = await loadTranslator();
});

describe('translateQuery', () => {
  it.each([
    [
      "select id from t where at >= '2024-01-02 03:04:05.123456789'::timestamp_ntz(9)",
      `SELECT "T"."ID" AS "ID" FROM "DB.S"."T" AS "T" WHERE ("T"."AT" >= TIMESTAMP_NS '2024-01-02 03:04:05.123456789')`,
    ],
    [
      'select v:a.b[0]::string from t',
      `SELECT json_extract_string(json_extract("T"."V", '$."a"."b"[0]'), '$') AS "V:A.B[0]::STRING" FROM "DB.S"."T" AS "T"`,
    ],
    [
      'select x.id from t x order by x.id desc',
      `SELECT "X"."ID" AS "ID" FROM "DB.S"."T" AS "X" ORDER BY "X"."ID" DESC NULLS FIRST`,
    ],
    [
      'select count(*) n from t where z = z',
      `SELECT CAST(count(*) AS DECIMAL(18,0)) AS "N" FROM "DB.S"."T" AS "T" WHERE (("T"."Z")."utc" = ("T"."Z")."utc")`,
    ],
    ['select seq.nextval n', `SELECT CAST(nextval('"DB.S"."SEQ"') AS DECIMAL(38,0)) AS "N"`],
    ["select system$echo('x') e", `SELECT 'x' AS "E"`],
  ])('translates %s', (sql, expected) => {
    expect(translator.translateQuery(sql, SCOPE).sql).toBe(expected);
  });

  it('says of each column its name, type and whether it may be NULL', () => {
    const { columns } = translator.translateQuery(
      'select id, v, id / 3 as third, null n from t',
      SCOPE,
    );

    expect(columns).toEqual([
      { name: 'ID', type: { name: 'NUMBER', precision: 38, scale: 0 }, nullable: false },
      { name: 'V', type: { name: 'VARIANT' }, nullable: true },
      { name: 'THIRD', type: { name: 'NUMBER', precision: 38, scale: 6 }, nullable: true },
      { name: 'N', type: { name: 'TEXT', length: 16_777_216 }, nullable: true },
    ]);
  });
});

describe('translateDml', () => {
  it('writes a MERGE with its check and its counts', () => {
    const merge = translator.translateDml(
      'merge into t using (select 1 id) s on t.id = s.id when matched then update set t.at = null when not matched then insert (id) values (s.id)',
      SCOPE,
    );

    expect(merge.targets).toEqual([['T']]);
    expect(merge.steps).toEqual([
      {
        rows: 'merge_action',
        dooms: {
          alias: 'T',
          from: `FROM "DB.S"."T" AS "T" WHERE "T".rowid IN (SELECT "T".rowid FROM "DB.S"."T" AS "T" JOIN (SELECT CAST(1 AS DECIMAL(1,0)) AS "ID") AS "S" ON ("T"."ID" = "S"."ID"))`,
        },
        sql: `MERGE INTO "DB.S"."T" AS "T" USING (SELECT CAST(1 AS DECIMAL(1,0)) AS "ID") AS "S" ON ("T"."ID" = "S"."ID") WHEN MATCHED THEN UPDATE SET "AT" = CAST(NULL AS TIMESTAMP_NS) WHEN NOT MATCHED THEN INSERT ("ID") VALUES (CAST("S"."ID" AS DECIMAL(38,0))) RETURNING merge_action`,
      },
    ]);
    expect(merge.checks).toHaveLength(1);
    expect(merge.counts.map(({ column }) => column)).toEqual([
      'number of rows inserted',
      'number of rows updated',
    ]);
  });
});

describe('rows that DML dooms', () => {
  it.each([
    [
      'delete from t where id = 1',
      'FROM "DB.S"."T" AS "T" WHERE ("T"."ID" = CAST(1 AS DECIMAL(1,0)))',
    ],
    ['update t x set at = null', 'FROM "DB.S"."T" AS "X"'],
    ['insert overwrite into t (id) values (1)', 'FROM "DB.S"."T" AS "T"'],
    ['insert into t (id) values (1)', undefined],
  ])('%s', (sql, from) => {
    const dooms = translator.translateDml(sql, SCOPE).steps.map((each) => each.dooms?.from);
    expect(dooms[0]).toBe(from);
  });

  it('are those of WHEN MATCHED with their conditions', () => {
    const { steps } = translator.translateDml(
      'merge into t using (select 1 id) s on t.id = s.id when matched and t.id > 5 then delete when not matched then insert (id) values (s.id)',
      SCOPE,
    );
    expect(steps[0]?.dooms?.from).toMatch(/ WHERE \(.*"T"\."ID" > .*\)\)$/);
  });
});

describe('translateExpression', () => {
  it('converts to the target as an INSERT does', () => {
    const target = { name: 'NUMBER', precision: 10, scale: 2 } as const;

    expect(translator.translateExpression('1 + 1', SCOPE, { target }).sql).toBe(
      'CAST(CAST((CAST(1 AS DECIMAL(1,0)) + CAST(1 AS DECIMAL(1,0))) AS DECIMAL(2,0)) AS DECIMAL(10,2))',
    );
  });

  it('names the columns of a row by position', () => {
    const row: ScopeRelation = {
      duckdbName: 'file',
      columns: [{ name: 'c1', type: { name: 'VARIANT' }, nullable: true }],
    };

    expect(translator.translateExpression('$1:a::int', SCOPE, { row }).sql).toContain(
      `json_extract("c1", '$."a"')`,
    );
  });
});

describe('supported', () => {
  it('lists every function once', () => {
    const names = FAMILIES.flatMap(({ functions }) => Object.keys(functions));

    expect(new Set(names).size).toBe(names.length);
    expect(supported().filter(({ kind }) => kind === 'function')).toHaveLength(names.length);
  });
});
