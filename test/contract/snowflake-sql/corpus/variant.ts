import { type CorpusCase, expression, row } from './corpus.ts';

const DATA = `(select parse_json('{"a":{"b":[1,"x"]},"C d":2,"n":null,"t":"2024-01-02"}') v)`;

/**
 * https://docs.snowflake.com/en/user-guide/querying-semistructured
 * https://docs.snowflake.com/en/sql-reference/functions-semistructured
 */
export const VARIANT_CASES: readonly CorpusCase[] = [
  row(
    `select v:a.b[0], v:a.b[1]::string, v:"C d"::int, v['a']['b'][0]::int from ${DATA}`,
    '1',
    'x',
    '2',
    '1',
  ),
  { sql: `select v:a.b[1]::string from ${DATA}`, rows: [['x']], columns: ['V:A.B[1]::STRING'] },
  row(
    `select v:a.b[1], v:missing, v:n, v:n::string, v:n is null from ${DATA}`,
    '"x"',
    null,
    'null',
    null,
    'false',
  ),
  row(
    `select is_null_value(v:n), strip_null_value(v:n), typeof(v:a), typeof(v:n) from ${DATA}`,
    'true',
    null,
    'OBJECT',
    'NULL_VALUE',
  ),
  row(
    `select v:a.b[0] + 1, v:a.b[0] = 1, v:a.b[1] = 'x', v:t::date from ${DATA}`,
    '2',
    'true',
    'true',
    '2024-01-02',
  ),
  row(
    "select {'k': 1, 'l': [1, 2.50], 'm': null}, {'a': {'b': 3}}:a.b",
    '{"k":1,"l":[1,2.5]}',
    '3',
  ),
  row(
    "select object_construct('a', 1, 'b', null), object_construct_keep_null('a', null), object_construct()",
    '{"a":1}',
    '{"a":null}',
    '{}',
  ),
  expression("array_construct(1, null, 'x')", '[1,null,"x"]'),
  row(
    "select to_variant(1.50), 'a'::variant, 1.5::variant::string, to_json(parse_json('{\"a\": 1}'))",
    '1.5',
    '"a"',
    '1.5',
    '{"a":1}',
  ),
  expression("parse_json('12345678901234567890123')::number", '12345678901234567890123'),
  row("select try_parse_json('{x'), parse_json(''), parse_json('null')", null, null, 'null'),
  row(
    "select array_size(parse_json('[1,2]')), array_size(parse_json('{}')), array_contains('b'::variant, array_construct('a','b'))",
    '2',
    null,
    'true',
  ),
  row(
    "select array_to_string(array_construct(1,2,'x'), '-'), array_append(array_construct(1), 2), array_cat([1], [2])",
    '1-2-x',
    '[1,2]',
    '[1,2]',
  ),
  row(
    'select array_slice([0,1,2,3], 1, 3), array_distinct([1,1,2]), array_compact([1,null,2]), array_position(2, [1,2])',
    '[1,2]',
    '[1,2]',
    '[1,2]',
    '1',
  ),
  row(
    'select object_keys(parse_json(\'{"b":1,"a":2}\')), object_insert(parse_json(\'{"a":1}\'), \'b\', 2), object_delete(parse_json(\'{"a":1,"b":2}\'), \'a\')',
    '["a","b"]',
    '{"a":1,"b":2}',
    '{"b":2}',
  ),
  row(
    "select get(parse_json('{\"a\":1}'), 'a'), get_path(parse_json('{\"a\":[{\"b\":3}]}'), 'a[0].b'), get([5, 6], 1)",
    '1',
    '3',
    '6',
  ),
  row(
    "select typeof(1::variant), typeof('x'::variant), typeof(true::variant), typeof(parse_json('1.5'))",
    'INTEGER',
    'VARCHAR',
    'BOOLEAN',
    'DECIMAL',
  ),
  row(
    "select is_array([1]), is_object({'a': 1}), is_integer(5::variant), as_integer('x'::variant), as_varchar('x'::variant)",
    'true',
    'true',
    'true',
    null,
    'x',
  ),
  {
    sql: "select f.value::int, f.index from table(flatten(input => parse_json('[3,4]'))) f order by f.index",
    rows: [
      ['3', '0'],
      ['4', '1'],
    ],
    columns: ['F.VALUE::INT', 'INDEX'],
  },
  {
    sql: 'select f.key, f.value, f.path from table(flatten(parse_json(\'{"a":1,"b":2}\'))) f order by 1',
    rows: [
      ['a', '1', 'a'],
      ['b', '2', 'b'],
    ],
  },
  {
    sql: 'select f.key, f.value, f.path from table(flatten(input => parse_json(\'{"a":1,"b":[5]}\'), recursive => true)) f order by f.path',
    rows: [
      ['a', '1', 'a'],
      ['b', '[5]', 'b'],
      [null, '5', 'b[0]'],
    ],
  },
  {
    sql: "select f.value from table(flatten(input => parse_json('{\"a\":[7]}'), path => 'a')) f",
    rows: [['7']],
  },
  {
    sql: 'select o.id, f.value:x::string x from orders o, lateral flatten(input => o.details:items) f where o.id = 1 order by 2',
    rows: [
      ['1', 'p'],
      ['1', 'q'],
    ],
  },
  {
    sql: 'select o.id, f.index from orders o, lateral flatten(input => o.details:items, outer => true) f where o.id > 1 order by 1',
    rows: [
      ['2', null],
      ['3', null],
    ],
  },
  {
    sql: 'select count(*) from orders o join lateral flatten(input => o.details:items) f on true',
    rows: [['2']],
  },
  {
    sql: 'select array_agg(id) within group (order by id desc), object_agg(id::varchar, amount) from orders where id < 3',
    rows: [['[2,1]', '{"1":10.5,"2":20}']],
  },
  { sql: "select object_construct(*) from (select 1 a, 'x' b)", rows: [['{"A":1,"B":"x"}']] },
  {
    sql: 'select e.v from (select parse_json(\'{"e":1}\') as v) e, lateral flatten(input => e.v) f',
    rows: [['{"e":1}']],
  },
  {
    sql: "select * from table(split_to_table('a.b', '.'))",
    rows: [
      ['1', '1', 'a'],
      ['1', '2', 'b'],
    ],
    columns: ['SEQ', 'INDEX', 'VALUE'],
  },
];
