import { type GraphEdge, GraphNode, type MachineGraph } from '../model/status.ts';
import { describeAction, describeChoice } from './describe-action.ts';
import type { AslMachine, AslState } from './state-language.ts';

interface Placed {
  readonly name: string;
  readonly state: AslState;
  readonly parent: string | null;
}

/** Every state of a machine, those inside of Map and Parallel states too. */
export function statesOf(machine: AslMachine, parent: string | null = null): Placed[] {
  return Object.entries(machine.States).flatMap(([name, state]) => {
    const inner = [...(state.ItemProcessor ? [state.ItemProcessor] : []), ...state.Branches];
    return [{ name, state, parent }, ...inner.flatMap((machine) => statesOf(machine, name))];
  });
}

function edgesOf({ name: from, state }: Placed): GraphEdge[] {
  const edge = (to: string, kind: GraphEdge['kind'], label: string | null = null) => ({
    from,
    to,
    kind,
    label,
  });
  return [
    ...state.Choices.map((choice) => edge(choice.Next, 'choice', describeChoice(choice))),
    ...(state.Default === undefined ? [] : [edge(state.Default, 'default')]),
    ...(state.Next === undefined ? [] : [edge(state.Next, 'next')]),
    ...state.Catch.map((catcher) => edge(catcher.Next, 'catch')),
  ];
}

/** States from which the run can still succeed; the others are the failure path. */
function canSucceed(states: readonly Placed[], edges: readonly GraphEdge[]): Set<string> {
  const good = new Set(
    states.filter(({ state }) => state.Type === 'Succeed' || state.End === true).map((s) => s.name),
  );
  const forward = edges.filter(({ kind }) => kind !== 'catch');
  for (let size = -1; size !== good.size; ) {
    size = good.size;
    for (const { from, to } of forward) if (good.has(to)) good.add(from);
  }
  return good;
}

/** The graph of a state machine, for a picture of it. `prefix` is taken off the names of what its tasks call. */
export function machineGraph(machine: AslMachine, prefix: string): MachineGraph {
  const states = statesOf(machine);
  const edges = states.flatMap(edgesOf);
  const good = canSucceed(states, edges);
  const nodes = states.map(({ name, state, parent }) =>
    GraphNode.parse({
      name,
      type: state.Type,
      action: describeAction(state, prefix),
      comment: state.Comment ?? null,
      parent,
      isFailurePath: !good.has(name),
    }),
  );
  return { startAt: machine.StartAt, nodes, edges };
}
