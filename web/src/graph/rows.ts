import type { GraphEdge, GraphNode } from '#src/model/status.ts';

export const isForward = (edge: GraphEdge): boolean => edge.kind !== 'catch';

/** Edges without those that lead back to a state on the way to them: a machine may loop. */
function withoutLoops(start: string, edges: readonly GraphEdge[]): GraphEdge[] {
  const kept: GraphEdge[] = [];
  const open = new Set<string>();
  const done = new Set<string>();
  const visit = (name: string): void => {
    if (done.has(name)) return;
    open.add(name);
    for (const edge of edges) {
      if (edge.from !== name || open.has(edge.to)) continue;
      kept.push(edge);
      visit(edge.to);
    }
    open.delete(name);
    done.add(name);
  };
  visit(start);
  return kept;
}

/** The row of each state: one below the lowest state that leads to it. */
export function rowsOf(start: string, edges: readonly GraphEdge[]): Map<string, number> {
  const acyclic = withoutLoops(start, edges);
  const rows = new Map([[start, 0]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { from, to } of acyclic) {
      const row = (rows.get(from) ?? 0) + 1;
      if (row <= (rows.get(to) ?? -1)) continue;
      rows.set(to, row);
      changed = true;
    }
  }
  return rows;
}

/** The longest way from a state to an end, in states. */
function heightsOf(names: readonly string[], edges: readonly GraphEdge[]): Map<string, number> {
  const heights = new Map(names.map((name) => [name, 0]));
  const forward = edges.filter(isForward);
  for (let round = 0; round < names.length; round += 1) {
    for (const { from, to } of forward) {
      const height = (heights.get(to) ?? 0) + 1;
      if (height <= names.length) heights.set(from, Math.max(heights.get(from) ?? 0, height));
    }
  }
  return heights;
}

/** Moves early ends out of the main column, each to a row of its own; changes `rows`. */
export function moveExits(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  rows: Map<string, number>,
): ReadonlySet<string> {
  const names = nodes.map(({ name }) => name);
  const heights = heightsOf(names, edges);
  const main = nodes.filter((node) => !node.isFailurePath).map(({ name }) => name);
  const rowOf = (name: string) => rows.get(name) ?? 0;
  const exits = main.filter(
    (name) =>
      heights.get(name) === 0 &&
      main.some((other) => rowOf(other) === rowOf(name) && (heights.get(other) ?? 0) > 0),
  );
  const taken = new Set(names.filter((name) => !main.includes(name)).map(rowOf));
  for (const name of exits) {
    let row = rowOf(name);
    while (taken.has(row)) row += 1;
    taken.add(row);
    rows.set(name, row);
  }
  return new Set(exits);
}
