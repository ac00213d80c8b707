import { useMemo } from 'preact/hooks';
import type { MachineGraph, StateRun } from '#src/model/status.ts';
import { formatDuration } from '../format.ts';
import { layoutMachine, type PlacedEdge, type PlacedNode, roundedPath } from '../graph/layout.ts';
import { lookOf, StatusSign, wordOf } from './status-mark.tsx';

interface StateMachineProps {
  readonly graph: MachineGraph;
  readonly states: readonly StateRun[];
  readonly selected: string | null;
  readonly onSelect: (name: string) => void;
}

const hasRun = (state: StateRun | undefined): boolean =>
  state !== undefined && state.enteredAt !== null;

const progressOf = (state: StateRun): string => {
  const took = state.durationMs === null ? '' : ` · ${formatDuration(state.durationMs)}`;
  const parts =
    state.iterations === null ? '' : ` · ${state.iterations.succeeded}/${state.iterations.total}`;
  const tries = state.attempts > 1 ? ` · ${state.attempts} tries` : '';
  const word = state.status === 'succeeded' ? 'done' : wordOf(state.status);
  return `${word}${took}${parts}${tries}`;
};

/**
 * The edges that the run went along: from each state to the one of its level that was entered next.
 */
function edgesTaken(graph: MachineGraph, states: readonly StateRun[]): ReadonlySet<string> {
  const parents = new Map(graph.nodes.map((node) => [node.name, node.parent]));
  const last = new Map<string | null, string>();
  const taken = new Set<string>();
  for (const { name } of states.filter(hasRun)) {
    const level = parents.get(name) ?? null;
    const before = last.get(level);
    if (before !== undefined) taken.add(`${before}>${name}`);
    last.set(level, name);
  }
  return taken;
}

function Edge({ placed, isOn }: { placed: PlacedEdge; isOn: boolean }) {
  const { edge, points } = placed;
  const kind = edge.kind === 'catch' ? 'catch' : 'flow';
  return (
    <path
      class={`edge ${kind}${isOn ? ' on' : ''}`}
      d={roundedPath(points)}
      marker-end={`url(#${isOn ? 'head-on' : 'head'})`}
    >
      {edge.label !== null && <title>{edge.label}</title>}
    </path>
  );
}

interface NodeProps {
  readonly placed: PlacedNode;
  readonly state: StateRun | undefined;
  readonly isSelected: boolean;
  readonly onSelect: (name: string) => void;
}

const KEYS = new Set(['Enter', ' ']);

function Node({ placed, state, isSelected, onSelect }: NodeProps) {
  const { node, x, y, width, height } = placed;
  const look = state === undefined ? 'idle' : lookOf(state.status);
  const text = state === undefined ? '' : progressOf(state);
  const select = () => onSelect(node.name);
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button element
    <g
      class={`node ${look} ${node.type.toLowerCase()}${hasRun(state) ? '' : ' unreached'}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabindex={0}
      aria-pressed={isSelected}
      aria-label={`${node.name}, ${text}`}
      data-state={node.name}
      onClick={select}
      onKeyDown={(event) => {
        if (!KEYS.has(event.key)) return;
        event.preventDefault();
        select();
      }}
    >
      <rect width={width} height={height} rx={node.type === 'Choice' ? 14 : 6} />
      <g transform="translate(11 13)">
        <StatusSign look={look} />
      </g>
      <text class="node-name" x="36" y="19">
        {node.name}
      </text>
      <text class="node-text" x="36" y="34">
        {text}
      </text>
    </g>
  );
}

const Head = ({ id }: { id: string }) => (
  <marker
    id={id}
    viewBox="0 0 8 8"
    refX="7"
    refY="4"
    markerWidth="7"
    markerHeight="7"
    orient="auto"
  >
    <path d="M1 1.2 7 4 1 6.8z" />
  </marker>
);

/**
 * The state machine as it is defined, with what happened in it. Every state can be reached by
 * keyboard.
 */
export function StateMachine({ graph, states, selected, onSelect }: StateMachineProps) {
  const layout = useMemo(() => layoutMachine(graph), [JSON.stringify(graph)]);
  const byName = useMemo(() => new Map(states.map((state) => [state.name, state])), [states]);
  const taken = edgesTaken(graph, states);
  const edges = layout.edges
    .map((placed) => ({ placed, isOn: taken.has(`${placed.edge.from}>${placed.edge.to}`) }))
    .sort((a, b) => Number(a.isOn) - Number(b.isOn));
  return (
    <svg
      class="machine"
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      width={layout.width}
      height={layout.height}
      aria-label="States of the machine, in order"
    >
      <defs>
        <Head id="head" />
        <Head id="head-on" />
      </defs>
      {edges.map(({ placed, isOn }) => (
        <Edge key={`${placed.edge.from}>${placed.edge.to}`} placed={placed} isOn={isOn} />
      ))}
      {layout.nodes.map((placed) => (
        <Node
          key={placed.node.name}
          placed={placed}
          state={byName.get(placed.node.name)}
          isSelected={placed.node.name === selected}
          onSelect={onSelect}
        />
      ))}
    </svg>
  );
}
