import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GraphEdge, type GraphNode, type MachineGraph, RunDetail } from '#src/model/status.ts';
import {
  type Layout,
  layoutMachine,
  type PlacedNode,
  roundedPath,
} from '../../../web/src/graph/layout.ts';

const fixture = (name: string): MachineGraph =>
  RunDetail.parse(
    JSON.parse(
      readFileSync(join(import.meta.dirname, '../../fixtures/status', `${name}.json`), 'utf8'),
    ),
  ).graph;

const node = (name: string, overrides: Partial<GraphNode> = {}): GraphNode => ({
  name,
  type: 'Task',
  action: null,
  comment: null,
  parent: null,
  isFailurePath: false,
  ...overrides,
});

const edge = (from: string, to: string, kind: GraphEdge['kind'] = 'next'): GraphEdge => ({
  from,
  to,
  kind,
  label: null,
});

const find = (layout: Layout, name: string): PlacedNode => {
  const found = layout.nodes.find((placed) => placed.node.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
};

const overlap = (a: PlacedNode, b: PlacedNode): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const isInside = (inner: PlacedNode, outer: PlacedNode): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

describe('layoutMachine', () => {
  it.each(['run-succeeded', 'run-extract'])('places every state of %s without overlap', (name) => {
    const graph = fixture(name);
    const layout = layoutMachine(graph);

    expect(layout.nodes.length).toBe(graph.nodes.length);
    for (const a of layout.nodes) {
      for (const b of layout.nodes) {
        if (a === b || a.node.parent === b.node.name || b.node.parent === a.node.name) continue;
        expect(overlap(a, b), `${a.node.name} over ${b.node.name}`).toBe(false);
      }
    }
  });

  it.each(['run-succeeded', 'run-extract'])(
    'keeps every state of %s within the picture',
    (name) => {
      const layout = layoutMachine(fixture(name));

      for (const { x, y, width, height } of layout.nodes) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(layout.width);
        expect(y + height).toBeLessThanOrEqual(layout.height);
      }
    },
  );

  it('draws the way to success as one straight column', () => {
    const layout = layoutMachine(fixture('run-succeeded'));
    const middles = ['BuildSilver', 'BuildGold', 'TrainModel', 'IntervalDone']
      .map((name) => find(layout, name))
      .map(({ x, width }) => x + width / 2);

    expect(new Set(middles).size).toBe(1);
  });

  it('puts what only failures lead to at the right', () => {
    const layout = layoutMachine(fixture('run-succeeded'));

    expect(find(layout, 'FailRun').x).toBeGreaterThan(
      find(layout, 'BuildSilver').x + find(layout, 'BuildSilver').width,
    );
  });

  it('draws the states of a Map inside of it', () => {
    const layout = layoutMachine(fixture('run-extract'));

    expect(isInside(find(layout, 'ExtractPart'), find(layout, 'ExtractParts'))).toBe(true);
  });

  it('leads an edge that skips a state around it', () => {
    const graph: MachineGraph = {
      startAt: 'A',
      nodes: [node('A', { type: 'Choice' }), node('B'), node('C')],
      edges: [edge('A', 'B', 'choice'), edge('A', 'C', 'default'), edge('B', 'C')],
    };
    const layout = layoutMachine(graph);
    const skip = layout.edges.find((placed) => placed.edge.kind === 'default');

    expect(Math.min(...(skip?.points ?? []).map(({ x }) => x))).toBeLessThan(find(layout, 'B').x);
  });

  it('ends on a machine that loops', () => {
    const graph: MachineGraph = {
      startAt: 'Ask',
      nodes: [node('Ask'), node('IsDone', { type: 'Choice' }), node('Wait'), node('End')],
      edges: [
        edge('Ask', 'IsDone'),
        edge('IsDone', 'End', 'choice'),
        edge('IsDone', 'Wait', 'default'),
        edge('Wait', 'Ask'),
      ],
    };

    expect(layoutMachine(graph).nodes.length).toBe(4);
  });

  it('gives each of two skips that overlap a lane of its own', () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    const graph: MachineGraph = {
      startAt: 'A',
      nodes: names.map((name) => node(name)),
      edges: [
        ...names.slice(1).map((name, index) => edge(names[index] ?? '', name)),
        edge('A', 'D', 'choice'),
        edge('B', 'E', 'choice'),
      ],
    };
    const skips = layoutMachine(graph).edges.filter((placed) => placed.edge.kind === 'choice');

    expect(new Set(skips.map(({ points }) => points[1]?.x)).size).toBe(2);
  });
});

describe('roundedPath', () => {
  it('draws a straight line between two points', () => {
    expect(
      roundedPath([
        { x: 0, y: 0 },
        { x: 0, y: 10 },
      ]),
    ).toBe('M0 0L0 10');
  });

  it('rounds a corner within the length of its sides', () => {
    const path = roundedPath(
      [
        { x: 0, y: 0 },
        { x: 0, y: 20 },
        { x: 4, y: 20 },
      ],
      7,
    );

    expect(path).toBe('M0 0L0 13Q0 20 2 20L4 20');
  });

  it('draws nothing of no points', () => {
    expect(roundedPath([])).toBe('');
  });
});
