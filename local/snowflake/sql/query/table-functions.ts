import { compilationError, invalidArguments, unknownFunction, unsupported } from '../errors.ts';
import type { Lowering } from '../expression/lowering.ts';
import { step } from '../expression/structure.ts';
import { quoteText, type Typed } from '../expression/typed.ts';
import { Call } from '../functions/call.ts';
import { calledName } from '../functions/lower-call.ts';
import { type Fields, fieldsOf, kindOf, nameOf, node, nodes } from '../syntax/node.ts';
import { COUNT, INTEGER, isSemiStructured, TEXT, typeText, VARIANT } from '../types/names.ts';
import type { FrameColumn } from './frame.ts';
import { aliased, anonymous, type FromItem, relationItem } from './from.ts';

interface Alias {
  readonly name: string | undefined;
  readonly columns: readonly string[];
}

type TableFunction = (call: Call, alias: Alias) => FromItem;

function column(name: string, type: FrameColumn['type']): FrameColumn {
  return { name, type, nullable: true };
}

/** A named argument, or the one at a position. */
function argument(call: Call, name: string, index: number): Typed | undefined {
  const named = call.named(name);
  if (named) return call.lowering.expression(named);
  return call.has(index) && !call.isNamed(index) ? call.arg(index) : undefined;
}

function flag(call: Call, name: string): boolean {
  const value = call.named(name);
  return value !== undefined && call.lowering.expression(value).sql === 'TRUE';
}

const FLATTEN_COLUMNS: readonly FrameColumn[] = [
  column('SEQ', COUNT),
  column('KEY', TEXT),
  column('PATH', TEXT),
  column('INDEX', COUNT),
  column('VALUE', VARIANT),
  column('THIS', VARIANT),
];

/** Steps of FLATTEN's PATH argument, `a.b[0]`. */
function followPath(value: Typed, path: string, lowering: Lowering): Typed {
  const steps = path.match(/[^.[\]]+|\[\d+\]/g) ?? [];
  return steps.reduce((base, text) => {
    const index = /^\[(\d+)\]$/.exec(text)?.[1];
    const key: Typed = index
      ? { sql: index, type: INTEGER, constant: index }
      : { sql: quoteText(text), type: TEXT, constant: text };
    return step(base, key, lowering);
  }, value);
}

const MODES: Readonly<Record<string, string>> = {
  BOTH: '',
  ARRAY: ` WHERE json_type("_sf_e"."_sf_this") = 'ARRAY'`,
  OBJECT: ` WHERE json_type("_sf_e"."_sf_this") = 'OBJECT'`,
};

/** https://docs.snowflake.com/en/sql-reference/functions/flatten */
const flatten: TableFunction = (call, alias) => {
  const { lowering } = call;
  const input = argument(call, 'INPUT', 0);
  if (!input || (input.type && !isSemiStructured(input.type))) {
    throw invalidArguments('FLATTEN', [typeText(input?.type ?? null)]);
  }
  const path = argument(call, 'PATH', 1)?.constant ?? '';
  const mode = MODES[(argument(call, 'MODE', 4)?.constant ?? 'BOTH').toUpperCase()];
  if (mode === undefined) throw unsupported('that MODE of FLATTEN');
  const subject = followPath(input, path, lowering).sql;
  const macro = flag(call, 'RECURSIVE') ? 'sf_flatten_tree' : 'sf_flatten';
  const sql = `LATERAL (SELECT "_sf_e"."_sf_seq" AS "SEQ", "_sf_e"."_sf_key" AS "KEY", ${quoteText(path)} || "_sf_e"."_sf_path" AS "PATH", "_sf_e"."_sf_index" AS "INDEX", "_sf_e"."_sf_value" AS "VALUE", "_sf_e"."_sf_this" AS "THIS" FROM ${macro}(${subject}) AS "_sf_e"${mode})`;
  const item = aliased(sql, FLATTEN_COLUMNS, { ...alias, name: alias.name ?? anonymous(lowering) });
  return { ...item, lateral: true, outer: flag(call, 'OUTER') };
};

/** GENERATOR(ROWCOUNT => n): rows without columns; SEQ4() counts them. */
const generator: TableFunction = (call) => {
  const rows = argument(call, 'ROWCOUNT', 0)?.constant;
  if (rows === undefined) throw unsupported('GENERATOR without a constant ROWCOUNT');
  const name = `_sf_generator_${call.lowering.frame.relations.length}`;
  return { sql: `range(${rows}) AS "${name}"("_sf_seq")`, relation: { alias: name, columns: [] } };
};

const resultScan: TableFunction = (call, alias) => {
  const value = call.arg(0);
  const id = value.constant ?? /^'([0-9a-f-]+)'$/.exec(value.sql)?.[1];
  const found = id === undefined ? undefined : call.lowering.scope.resultScan(id);
  if (found) return relationItem(found, { ...alias, name: alias.name ?? anonymous(call.lowering) });
  throw compilationError('000709', '02000', `Statement ${id ?? ''} not found`);
};

const splitToTable: TableFunction = (call, alias) => {
  const parts = `string_split(${call.text(0)}, ${call.text(1)})`;
  return splitItem(parts, call, alias);
};

const strtokSplitToTable: TableFunction = (call, alias) => {
  const by = call.has(1) ? call.text(1) : "' '";
  return splitItem(`sf_tokens(${call.text(0)}, ${by})`, call, alias);
};

function splitItem(parts: string, call: Call, alias: Alias): FromItem {
  const sql = `LATERAL (SELECT CAST(1 AS DECIMAL(18,0)) AS "SEQ", CAST("_sf_i" AS DECIMAL(18,0)) AS "INDEX", "_sf_p"["_sf_i"] AS "VALUE" FROM (SELECT ${parts} AS "_sf_p") AS "_sf_s", LATERAL (SELECT unnest(range(1, len("_sf_p") + 1)) AS "_sf_i") AS "_sf_r")`;
  const columns = [column('SEQ', COUNT), column('INDEX', COUNT), column('VALUE', TEXT)];
  return {
    ...aliased(sql, columns, { ...alias, name: alias.name ?? anonymous(call.lowering) }),
    lateral: true,
  };
}

export const TABLE_FUNCTIONS: Readonly<Record<string, TableFunction>> = {
  FLATTEN: flatten,
  GENERATOR: generator,
  RESULT_SCAN: resultScan,
  SPLIT_TO_TABLE: splitToTable,
  STRTOK_SPLIT_TO_TABLE: strtokSplitToTable,
};

/** Arguments of a table function of the engine, as literals. */
function literalArguments(call: Call): Record<string, string> {
  const entries = Array.from({ length: call.count }, (_, index) => {
    if (!call.isNamed(index)) return [String(index + 1), call.constant(index)];
    const fields = fieldsOf(call.node(index));
    const value = call.lowering.expression(node(fields, 'value'));
    const name = nameOf(fields, 'name')?.toUpperCase() ?? '';
    return [name, value.constant ?? value.sql];
  });
  return Object.fromEntries(entries);
}

/** TABLE(f(…)), and FLATTEN behind LATERAL. */
export function lowerTableFunction(fields: Fields, alias: Alias, lowering: Lowering): FromItem {
  if (nameOf(fields, 'name') === 'TABLE') {
    const inner = nodes(fields, 'args')[0];
    if (!inner || kindOf(inner) !== 'function') throw unsupported('TABLE of that');
    return lowerTableFunction(fieldsOf(inner), alias, lowering);
  }
  const name = calledName(fields, lowering);
  const call = new Call(name, nodes(fields, 'args'), lowering);
  const known = TABLE_FUNCTIONS[name];
  if (known) return known(call, alias);
  const found = lowering.scope.tableFunction?.(name, literalArguments(call));
  if (found) return relationItem(found, { ...alias, name: alias.name ?? anonymous(lowering) });
  throw unknownFunction(name);
}
