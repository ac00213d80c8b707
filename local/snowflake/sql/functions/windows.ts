import { type Typed, typed } from '../expression/typed.ts';
import { COUNT, FLOAT } from '../types/names.ts';
import { type Call, castAs } from './call.ts';
import { type FunctionFamily, windowFunction } from './entry.ts';

function ranking(name: string) {
  return windowFunction(0, 0, (call) => castAs(call.aggregate(name, ''), COUNT));
}

function fraction(name: string) {
  return windowFunction(0, 0, (call) => typed(call.aggregate(name, ''), FLOAT));
}

function neighbour(name: 'lag' | 'lead') {
  return windowFunction(1, 3, (call) => {
    const { values, type } = call.lowering.unify(
      call.has(2) ? [call.arg(0), call.arg(2)] : [call.arg(0)],
    );
    const offset = call.has(1) ? `, ${call.integer(1)}` : '';
    const otherwise = values[1] ? `, ${values[1].sql}` : '';
    return typed(call.aggregate(name, `${values[0]?.sql}${offset}${otherwise}`), type);
  });
}

/**
 * FIRST_VALUE and LAST_VALUE see the whole partition unless a frame is given.
 * https://docs.snowflake.com/en/sql-reference/functions-window-syntax#usage-notes-for-window-frames
 */
function edge(name: string) {
  return windowFunction(1, 2, (call) => {
    const value = call.arg(0);
    const rest = call.has(1) ? `, ${call.integer(1)}` : '';
    return typed(call.aggregate(name, `${value.sql}${rest}`), value.type) as Typed;
  });
}

function ratio(call: Call): Typed {
  const total = `sum(${call.float(0)})${call.clauses.over ?? ''}`;
  return typed(`(${call.float(0)} / nullif(${total}, 0))`, FLOAT);
}

export const WINDOWS: FunctionFamily = {
  name: 'windows',
  functions: {
    ROW_NUMBER: ranking('row_number'),
    RANK: ranking('rank'),
    DENSE_RANK: ranking('dense_rank'),
    PERCENT_RANK: fraction('percent_rank'),
    CUME_DIST: fraction('cume_dist'),
    NTILE: windowFunction(1, 1, (call) => castAs(call.aggregate('ntile', call.integer(0)), COUNT)),
    LAG: neighbour('lag'),
    LEAD: neighbour('lead'),
    FIRST_VALUE: edge('first_value'),
    LAST_VALUE: edge('last_value'),
    NTH_VALUE: edge('nth_value'),
    RATIO_TO_REPORT: windowFunction(1, 1, ratio),
  },
};
