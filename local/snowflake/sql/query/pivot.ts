import { unsupported } from '../errors.ts';
import { comparable } from '../expression/comparison.ts';
import type { Lowering } from '../expression/lowering.ts';
import { quoteName, type Typed } from '../expression/typed.ts';
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

/**
 * PIVOT(agg(x) FOR c IN (…)): one filtered aggregate for each value, grouped by all other columns.
 */
export function lowerPivot(fields: Fields, outer: Lowering): FromItem {
  only('PIVOT', fields, ['this', 'expressions', 'fields', 'alias', 'alias_columns']);
  const { lowering, source } = pivotSource(fields, outer);
  const [call] = nodes(fields, 'expressions');
  const [choice] = nodes(fields, 'fields');
  if (!call || kindOf(call) !== 'function' || !choice) throw unsupported('that PIVOT');
  const callFields = fieldsOf(call);
  const pivotColumn = columnName(node(fieldsOf(choice), 'this'));
  const valueColumn = columnName(nodes(callFields, 'args')[0] ?? 'null');
  calledName(callFields, lowering);
  const subject = lowering.frame.resolve({ name: pivotColumn });
  const values = pivotValues(nodes(fieldsOf(choice), 'expressions'), lowering);
  const kept = source.relation.columns.filter(
    (column) => column.name !== pivotColumn && column.name !== valueColumn,
  );
  const groups = kept.map((column) => columnValue(source.relation, column).sql);
  const pivoted = values.map(({ value, name }) => {
    const test = comparable([subject, value], lowering).join(' = ');
    return { name, ...filtered(callFields, test, lowering) };
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

/** UNPIVOT(v FOR n IN (a, b)): a row for each column that is not NULL. */
export function lowerUnpivot(fields: Fields, outer: Lowering): FromItem {
  only('UNPIVOT', fields, [
    'this',
    'value_column',
    'name_column',
    'columns',
    'alias',
    'include_nulls',
  ]);
  const { lowering, source } = pivotSource(fields, outer);
  const wanted = nodes(fields, 'columns').map(columnName);
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
      `'${name.replaceAll("'", "''")}' AS ${quoteName(labelName)}`,
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
    columns: [],
  });
}
