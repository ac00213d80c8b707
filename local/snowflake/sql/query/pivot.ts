import { duckdbType } from '../../types.ts';
import { unsupported } from '../errors.ts';
import { comparable } from '../expression/comparison.ts';
import { numberLiteral } from '../expression/literals.ts';
import type { Lowering } from '../expression/lowering.ts';
import { quoteName, quoteText, type Typed, textLiteral, typed } from '../expression/typed.ts';
import { calledName } from '../functions/lower-call.ts';
import {
  type Fields,
  fieldsOf,
  kindOf,
  type Node,
  nameOf,
  names,
  node,
  nodes,
  only,
  optionalNode,
  record,
  records,
} from '../syntax/node.ts';
import { TEXT } from '../types/names.ts';
import { columnValue, Frame, type FrameColumn } from './frame.ts';
import { aliased, anonymous, type FromItem, lowerItem } from './from.ts';

interface PivotValue {
  readonly value: Typed;
  readonly name: string;
}

/** The source of a pivot in a frame of its own. */
function pivotSource(fields: Fields, outer: Lowering) {
  const lowering = outer.within(new Frame(outer.frame));
  const source = lowerItem(node(fields, 'this'), lowering);
  lowering.frame.relations.push(source.relation);
  return { lowering, source };
}

function columnName(expression: Node): string {
  if (kindOf(expression) !== 'column') throw unsupported('PIVOT of an expression');
  return nameOf(fieldsOf(expression), 'name') ?? '';
}

/** Columns of a pivot are named by the literal, quotes included: `'JAN'`. */
function pivotValues(list: readonly Node[], lowering: Lowering): PivotValue[] {
  return list.map((item) => {
    const isAlias = kindOf(item) === 'alias';
    const fields = fieldsOf(item);
    const value = lowering.expression(isAlias ? node(fields, 'this') : item);
    if (value.constant === undefined) throw unsupported('PIVOT by values that are not constant');
    const literal = value.type?.name === 'TEXT' ? `'${value.constant}'` : value.constant;
    return { value, name: isAlias ? (nameOf(fields, 'alias') ?? '') : literal };
  });
}

/** Values that the data has, as literals of the column's type; their names are as of constants. */
function foundValue(text: string, subject: Typed): PivotValue {
  const name = subject.type?.name;
  if (name === 'TEXT') return { value: textLiteral(text), name: `'${text}'` };
  if (name === 'NUMBER') return { value: numberLiteral(text), name: text };
  const type = subject.type ?? TEXT;
  return {
    value: typed(`CAST(${quoteText(text)} AS ${duckdbType(type)})`, type),
    name: `'${text}'`,
  };
}

/**
 * The values after IN: constants, or those that a query or the column itself has, which the session
 * looks up first. https://docs.snowflake.com/en/sql-reference/constructs/pivot
 */
function chosenValues(
  choice: Fields,
  subject: Typed,
  source: FromItem,
  lowering: Lowering,
): PivotValue[] {
  const list = nodes(choice, 'expressions');
  const [first] = list;
  const kind = first === undefined ? '' : kindOf(first);
  if (list.length !== 1 || !first || !/^(pivot_any|select|subquery)$/.test(kind)) {
    return pivotValues(list, lowering);
  }
  const sql = kind === 'pivot_any' ? anySql(first, subject, source) : querySql(first, lowering);
  const texts = lowering.scope.lookUp?.(sql);
  if (!texts) throw unsupported('PIVOT by values of the data in this place');
  return texts.map((text) => foundValue(text, subject));
}

function anySql(item: Node, subject: Typed, source: FromItem): string {
  const order = record(record(fieldsOf(item), 'this') ?? {}, 'order_by');
  const isDescending = records(order ?? {}, 'expressions').some(({ desc }) => desc === true);
  return (
    `SELECT CAST("_sf_v" AS VARCHAR) FROM (SELECT DISTINCT ${subject.sql} AS "_sf_v" FROM ${source.sql}) ` +
    `WHERE "_sf_v" IS NOT NULL ORDER BY "_sf_v"${isDescending ? ' DESC' : ''}`
  );
}

function querySql(item: Node, lowering: Lowering): string {
  const { sql } = lowering.query(item);
  return `SELECT CAST("_sf_v" AS VARCHAR) FROM (${sql}) AS "_sf_q"("_sf_v") WHERE "_sf_v" IS NOT NULL`;
}

/** DEFAULT ON NULL (value) */
function orDefault(value: Typed, otherwise: Node | undefined, lowering: Lowering): Typed {
  if (!otherwise) return value;
  const { values, type } = lowering.unify([value, lowering.expression(otherwise)]);
  return typed(`coalesce(${values.map(({ sql }) => sql).join(', ')})`, type);
}

/**
 * PIVOT(agg(x) FOR c IN (…)): one filtered aggregate for each value, grouped by all other columns.
 */
export function lowerPivot(fields: Fields, outer: Lowering): FromItem {
  only('PIVOT', fields, [
    ...['this', 'expressions', 'fields', 'alias', 'alias_columns', 'default_on_null'],
  ]);
  const { lowering, source } = pivotSource(fields, outer);
  const [call] = nodes(fields, 'expressions');
  const [choice] = nodes(fields, 'fields');
  if (!call || kindOf(call) !== 'function' || !choice) throw unsupported('that PIVOT');
  const callFields = fieldsOf(call);
  const pivotColumn = columnName(node(fieldsOf(choice), 'this'));
  const valueColumn = columnName(nodes(callFields, 'args')[0] ?? 'null');
  calledName(callFields, lowering);
  const subject = lowering.frame.resolve({ name: pivotColumn });
  const values = chosenValues(fieldsOf(choice), subject, source, lowering);
  const otherwise = optionalNode(fields, 'default_on_null');
  const kept = source.relation.columns.filter(
    (column) => column.name !== pivotColumn && column.name !== valueColumn,
  );
  const groups = kept.map((column) => columnValue(source.relation, column).sql);
  const pivoted = values.map(({ value, name }) => {
    const test = comparable([subject, value], lowering).join(' = ');
    return { name, ...orDefault(filtered(callFields, test, lowering), otherwise, lowering) };
  });
  const items = [
    ...kept.map((column, index) => `${groups[index]} AS ${quoteName(column.name)}`),
    ...pivoted.map(({ sql, name }) => `${sql} AS ${quoteName(name)}`),
  ];
  const by = groups.length > 0 ? ` GROUP BY ${groups.join(', ')}` : '';
  const columns: FrameColumn[] = [
    ...kept,
    ...pivoted.map(({ name, type }) => ({ name, type, nullable: true })),
  ];
  return aliased(`(SELECT ${items.join(', ')} FROM ${source.sql}${by})`, columns, {
    name: nameOf(fields, 'alias') ?? anonymous(outer),
    columns: names(fields, 'alias_columns'),
  });
}

/** The aggregate of the pivot over the rows that pass a test. */
function filtered(call: Fields, test: string, lowering: Lowering): Typed {
  const [argument] = nodes(call, 'args');
  const value = lowering.expression(argument ?? 'null');
  const frame = new Frame(lowering.frame);
  const sql = `CASE WHEN ${test} THEN ${value.sql} END`;
  frame.relations.push({
    alias: '_sf_pivot',
    columns: [{ name: '_sf_value', type: value.type, nullable: true, sql }],
  });
  const column = { column: { name: { name: '_sf_value' } } };
  return lowering.within(frame).expression({ function: { ...call, args: [column] } });
}

/** A column of UNPIVOT and the text that stands for it: its name, or what AS says. */
function unpivoted(item: Node, lowering: Lowering): { name: string; label: string } {
  if (kindOf(item) !== 'pivot_alias') return { name: columnName(item), label: columnName(item) };
  const fields = fieldsOf(item);
  const label = lowering.expression(node(fields, 'alias')).constant;
  if (label === undefined) throw unsupported('UNPIVOT with AS anything but a text');
  return { name: columnName(node(fields, 'this')), label };
}

/** UNPIVOT(v FOR n IN (a, b)): a row for each column that is not NULL. */
export function lowerUnpivot(fields: Fields, outer: Lowering): FromItem {
  only('UNPIVOT', fields, [
    'this',
    'value_column',
    'name_column',
    'columns',
    'alias',
    'alias_columns',
    'include_nulls',
  ]);
  const { lowering, source } = pivotSource(fields, outer);
  const labelled = nodes(fields, 'columns').map((item) => unpivoted(item, lowering));
  const wanted = labelled.map(({ name }) => name);
  const valueName = nameOf(fields, 'value_column') ?? '';
  const labelName = nameOf(fields, 'name_column') ?? '';
  const kept = source.relation.columns.filter((column) => !wanted.includes(column.name));
  const { values, type } = lowering.unify(wanted.map((name) => lowering.frame.resolve({ name })));
  const keepNulls = fields.include_nulls === true;
  const branches = wanted.map((name, index) => {
    const items = [
      ...kept.map(
        (column) => `${columnValue(source.relation, column).sql} AS ${quoteName(column.name)}`,
      ),
      `${quoteText(labelled[index]?.label ?? name)} AS ${quoteName(labelName)}`,
      `${values[index]?.sql} AS ${quoteName(valueName)}`,
    ];
    const where = keepNulls ? '' : ` WHERE ${values[index]?.sql} IS NOT NULL`;
    return `SELECT ${items.join(', ')} FROM ${source.sql}${where}`;
  });
  const columns: FrameColumn[] = [
    ...kept,
    { name: labelName, type: TEXT, nullable: false },
    { name: valueName, type, nullable: keepNulls },
  ];
  return aliased(`(${branches.join(' UNION ALL ')})`, columns, {
    name: nameOf(fields, 'alias') ?? anonymous(outer),
    columns: names(fields, 'alias_columns'),
  });
}
