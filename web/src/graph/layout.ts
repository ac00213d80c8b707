import type { GraphEdge, GraphNode, MachineGraph } from '#src/model/status.ts';
import { isForward, moveExits, rowsOf } from './rows.ts';

/**
 * Where a state is drawn; a Map or Parallel has room for the states inside of it. Units are pixels.
 */
export interface PlacedNode {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

const NODE = { width: 196, height: 44 };
const GAP = { x: 28, y: 26, lane: 16, rail: 26 };
const INSET = { top: 50, side: 14, bottom: 14 };
const MARGIN = 6;

interface Box {
  readonly node: GraphNode;
  readonly width: number;
  readonly height: number;
  readonly inside: Layout | null;
}

/** Boxes of one level, with what is inside of them laid out first. */
function boxesOf(graph: MachineGraph, parent: string | null): Box[] {
  return graph.nodes
    .filter((node) => node.parent === parent)
    .map((node) => {
      const hasInside = graph.nodes.some((child) => child.parent === node.name);
      if (!hasInside) return { node, ...NODE, inside: null };
      const inside = layoutLevel(graph, node.name);
      return {
        node,
        width: Math.max(NODE.width, inside.width + 2 * INSET.side),
        height: inside.height + INSET.top + INSET.bottom,
        inside,
      };
    });
}

interface Level {
  readonly placed: Map<string, PlacedNode>;
  readonly rows: Map<string, number>;
  /** States at which a run may end early and well; they stand at the right, out of the way. */
  readonly exits: ReadonlySet<string>;
  readonly bottom: number;
  readonly right: number;
}

/**
 * Main states centred in rows; early ends and what only failures lead to in a column at the right.
 */
function placeBoxes(
  boxes: readonly Box[],
  rows: Map<string, number>,
  exits: ReadonlySet<string>,
  lanes: number,
): Level {
  const placed = new Map<string, PlacedNode>();
  const main = boxes.filter(({ node }) => !node.isFailurePath && !exits.has(node.name));
  const side = boxes.filter((box) => !main.includes(box));
  const last = Math.max(...boxes.map(({ node }) => rows.get(node.name) ?? 0), 0);
  const inRow = (list: readonly Box[], row: number) =>
    list.filter(({ node }) => (rows.get(node.name) ?? 0) === row);
  const rowWidth = (list: readonly Box[]) =>
    list.reduce((sum, { width }) => sum + width, Math.max(list.length - 1, 0) * GAP.x);
  const left = MARGIN + lanes * GAP.lane + (lanes > 0 ? 6 : 0);
  const mainWidth = Math.max(
    ...Array.from({ length: last + 1 }, (_, row) => rowWidth(inRow(main, row))),
  );
  let [y, right] = [MARGIN, left + mainWidth];
  const put = (list: readonly Box[], start: number) => {
    let x = start;
    for (const { node, width, height } of list) {
      placed.set(node.name, { node, x, y, width, height });
      right = Math.max(right, x + width);
      x += width + GAP.x;
    }
  };
  for (let row = 0; row <= last; row += 1) {
    const [inMain, inSide] = [inRow(main, row), inRow(side, row)];
    put(inMain, left + (mainWidth - rowWidth(inMain)) / 2);
    put(inSide, left + mainWidth + 2 * GAP.rail);
    const height = Math.max(0, ...[...inMain, ...inSide].map((box) => box.height));
    if (height > 0) y += height + GAP.y;
  }
  return { placed, rows, exits, bottom: y - GAP.y, right };
}

const middle = ({ x, y, width, height }: PlacedNode): Point => ({
  x: x + width / 2,
  y: y + height / 2,
});

/**
 * How an edge runs: straight down, around the states between at the left, or along the failure rail
 * at the right.
 */
type Route = 'down' | 'bypass' | 'rail' | 'aside' | 'exit';

function routeOf(edge: GraphEdge, { placed, rows, exits }: Level): Route | null {
  const [from, to] = [placed.get(edge.from), placed.get(edge.to)];
  if (!from || !to) return null;
  if (exits.has(edge.to)) return 'exit';
  const span = (rows.get(edge.to) ?? 0) - (rows.get(edge.from) ?? 0);
  if (from.node.isFailurePath === to.node.isFailurePath) {
    if (span === 1) return 'down';
    return from.node.isFailurePath ? 'rail' : 'bypass';
  }
  return isForward(edge) && span === 1 ? 'aside' : 'rail';
}

function pointsOf(route: Route, from: PlacedNode, to: PlacedNode, lane: number): Point[] {
  const [start, end] = [middle(from), middle(to)];
  if (route === 'down') {
    const [top, bottom] = [from.y + from.height, to.y];
    if (start.x === end.x)
      return [
        { x: start.x, y: top },
        { x: end.x, y: bottom },
      ];
    const y = (top + bottom) / 2;
    return [
      { x: start.x, y: top },
      { x: start.x, y },
      { x: end.x, y },
      { x: end.x, y: bottom },
    ];
  }
  if (route === 'bypass') {
    const x = MARGIN + lane * GAP.lane;
    return [
      { x: from.x, y: start.y },
      { x, y: start.y },
      { x, y: end.y },
      { x: to.x, y: end.y },
    ];
  }
  const right = from.x + from.width;
  if (route === 'aside') {
    return [
      { x: right, y: start.y },
      { x: end.x, y: start.y },
      { x: end.x, y: to.y },
    ];
  }
  const rail = to.x - (route === 'exit' ? GAP.rail / 2 : GAP.rail);
  const exit = from.x < rail ? right : from.x;
  return [
    { x: exit, y: start.y },
    { x: rail, y: start.y },
    { x: rail, y: end.y },
    { x: to.x, y: end.y },
  ];
}

/** A lane for each bypass, so that two that overlap do not share one. */
function lanesOf(edges: readonly GraphEdge[], level: Level): Map<GraphEdge, number> {
  const lanes = new Map<GraphEdge, number>();
  const ends: number[] = [];
  const byStart = [...edges].sort(
    (a, b) => (level.rows.get(a.from) ?? 0) - (level.rows.get(b.from) ?? 0),
  );
  for (const edge of byStart) {
    const [a, b] = [level.rows.get(edge.from) ?? 0, level.rows.get(edge.to) ?? 0];
    const [top, bottom] = [Math.min(a, b), Math.max(a, b)];
    const free = ends.findIndex((end) => end <= top);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = bottom;
    lanes.set(edge, lane);
  }
  return lanes;
}

const sameEnds = (a: GraphEdge, b: GraphEdge): boolean => a.from === b.from && a.to === b.to;

function layoutLevel(graph: MachineGraph, parent: string | null): Layout {
  const boxes = boxesOf(graph, parent);
  const names = new Set(boxes.map(({ node }) => node.name));
  const all = graph.edges.filter(({ from, to }) => names.has(from) && names.has(to));
  const edges = all.filter(
    (edge, index) => all.findIndex((other) => sameEnds(other, edge)) === index,
  );
  const targets = new Set(edges.filter(isForward).map(({ to }) => to));
  const first = boxes.find(({ node }) => !targets.has(node.name))?.node.name ?? '';
  const rows = rowsOf(names.has(graph.startAt) ? graph.startAt : first, edges);
  const exits = moveExits(
    boxes.map(({ node }) => node),
    edges,
    rows,
  );
  const flat = placeBoxes(boxes, rows, exits, 0);
  const bypasses = edges.filter((edge) => routeOf(edge, flat) === 'bypass');
  const lanes = lanesOf(bypasses, flat);
  const level = placeBoxes(
    boxes,
    rows,
    exits,
    Math.max(0, ...[...lanes.values()].map((lane) => lane + 1)),
  );
  const placedEdges = edges.flatMap((edge) => {
    const [from, to] = [level.placed.get(edge.from), level.placed.get(edge.to)];
    const route = routeOf(edge, level);
    if (!from || !to || route === null) return [];
    return [{ edge, points: pointsOf(route, from, to, lanes.get(edge) ?? 0) }];
  });
  const inside = boxes.flatMap((box) => insideOf(box, level.placed.get(box.node.name)));
  return {
    width: level.right + MARGIN,
    height: level.bottom + MARGIN,
    nodes: [...level.placed.values(), ...inside.flatMap((layout) => layout.nodes)],
    edges: [...placedEdges, ...inside.flatMap((layout) => layout.edges)],
  };
}

/** What is inside of a box, moved to where the box is. */
function insideOf({ inside }: Box, placed: PlacedNode | undefined): Layout[] {
  if (inside === null || placed === undefined) return [];
  const dx = placed.x + (placed.width - inside.width) / 2;
  const dy = placed.y + INSET.top;
  return [
    {
      ...inside,
      nodes: inside.nodes.map((node) => ({ ...node, x: node.x + dx, y: node.y + dy })),
      edges: inside.edges.map(({ edge, points }) => ({
        edge,
        points: points.map(({ x, y }) => ({ x: x + dx, y: y + dy })),
      })),
    },
  ];
}

/**
 * A state machine from top to bottom: rows by distance from the start, failures in a column at the
 * right.
 */
export const layoutMachine = (graph: MachineGraph): Layout => layoutLevel(graph, null);

/** An SVG path through points, with round corners. */
export function roundedPath(points: readonly Point[], radius = 7): string {
  const [start, ...rest] = points;
  if (start === undefined) return '';
  const parts = [`M${start.x} ${start.y}`];
  rest.forEach((point, index) => {
    const [before, after] = [points[index], rest[index + 1]];
    if (before === undefined || after === undefined) {
      parts.push(`L${point.x} ${point.y}`);
      return;
    }
    const toward = (to: Point): Point => {
      const length = Math.hypot(to.x - point.x, to.y - point.y) || 1;
      const step = Math.min(radius, length / 2) / length;
      return { x: point.x + (to.x - point.x) * step, y: point.y + (to.y - point.y) * step };
    };
    const [a, b] = [toward(before), toward(after)];
    parts.push(`L${a.x} ${a.y}`, `Q${point.x} ${point.y} ${b.x} ${b.y}`);
  });
  return parts.join('');
}
