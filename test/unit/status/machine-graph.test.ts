import { describe, expect, it } from 'vitest';
import { describeChoice } from '#src/status/describe-action.ts';
import { machineGraph } from '#src/status/machine-graph.ts';
import { AslMachine, valueAt } from '#src/status/state-language.ts';
import { readDefinition } from '#test/helpers/state-machine.ts';

const graphOf = (machine: string) => machineGraph(AslMachine.parse(readDefinition(machine)), '');

describe('machineGraph', () => {
  it('has every state of the medallion, with what each does', () => {
    const { startAt, nodes } = graphOf('medallion');

    expect(startAt).toBe('BuildSilver');
    const actions = Object.fromEntries(nodes.map(({ name, action }) => [name, action]));
    expect(actions).toMatchObject({
      BuildSilver: 'glue job SilverJob',
      CheckSilver: 'function checkQuality',
      TrainModel: 'machine TrainModelStateMachine',
      FindModel: 'dynamodb getItem',
      NotifyFailure: 'sns publish',
      SilverVerdict: null,
    });
  });

  it('tells the ways a state can be left, and why', () => {
    const { edges } = graphOf('medallion');

    expect(edges.filter(({ from }) => from === 'SilverVerdict')).toEqual([
      { from: 'SilverVerdict', to: 'RefuseSilver', kind: 'choice', label: 'silver.status = fail' },
      { from: 'SilverVerdict', to: 'BuildGold', kind: 'default', label: null },
    ]);
    expect(edges.filter(({ from }) => from === 'BuildSilver')).toEqual([
      { from: 'BuildSilver', to: 'CheckSilver', kind: 'next', label: null },
      { from: 'BuildSilver', to: 'RecordFailure', kind: 'catch', label: null },
    ]);
  });

  it('marks the states from which the run can only fail', () => {
    const failing = graphOf('medallion').nodes.filter(({ isFailurePath }) => isFailurePath);

    expect(failing.map(({ name }) => name)).toEqual([
      'RefuseSilver',
      'RefuseGold',
      'RecordFailure',
      'NotifyFailure',
      'FailRun',
    ]);
  });

  it('puts the states of a Map inside of it', () => {
    const part = graphOf('extract').nodes.find(({ name }) => name === 'ExtractPart');

    expect(part).toMatchObject({ parent: 'ExtractParts', isFailurePath: false });
  });

  it('puts the states of the branches of a Parallel inside of it', () => {
    const branch = { StartAt: 'Inner', States: { Inner: { Type: 'Pass', End: true } } };
    const machine = {
      StartAt: 'Both',
      States: { Both: { Type: 'Parallel', Branches: [branch], End: true } },
    };

    const { nodes } = machineGraph(AslMachine.parse(machine), '');

    expect(nodes.map(({ name, parent }) => [name, parent])).toEqual([
      ['Both', null],
      ['Inner', 'Both'],
    ]);
  });

  it('names a training job, and takes the stack off the names of what is called', () => {
    const fit = graphOf('train-model').nodes.find(({ name }) => name === 'FitModel');
    const arn = 'arn:aws:lambda:us-east-1:1:function:snowmelt-dev-check-quality';
    const Resource = 'arn:aws:states:::lambda:invoke';
    const state = { Type: 'Task', End: true, Resource, Parameters: { FunctionName: arn } };
    const machine = AslMachine.parse({ StartAt: 'Check', States: { Check: state } });

    expect(fit?.action).toBe('training job');
    expect(machineGraph(machine, 'snowmelt-dev-').nodes[0]?.action).toBe('function check-quality');
  });
});

describe('describeChoice', () => {
  it.each([
    [{ Variable: '$.a.b', BooleanEquals: true }, 'a.b = true'],
    [{ Variable: '$.n', NumericGreaterThan: 3 }, 'n > 3'],
    [{ Variable: '$.n', StringMatches: 'x*' }, 'n StringMatches x*'],
    [{ Variable: '$.m', IsPresent: true }, 'm is there'],
    [{ Variable: '$.m', IsPresent: false }, 'no m'],
    [{ Not: { Variable: '$.m', IsPresent: true } }, 'not m is there'],
    [
      {
        Or: [
          { Variable: '$.a', NumericEquals: 1 },
          { Variable: '$.b', NumericLessThan: 2 },
        ],
      },
      'a = 1 or b < 2',
    ],
    [
      {
        And: [
          { Variable: '$.a', IsPresent: true },
          { Variable: '$.a', StringEquals: 'x' },
        ],
      },
      'a is there and a = x',
    ],
  ])('says %j as %s', (choice, text) => {
    expect(describeChoice({ ...choice, Next: 'There' })).toBe(text);
  });
});

describe('valueAt', () => {
  it.each([
    ['$', { a: 1, c: null }],
    ['$.a', 1],
    ['$.a.b', undefined],
    ['$.c.d', undefined],
    ['$$.Execution.Name', undefined],
  ])('finds at %s', (path, value) => {
    expect(valueAt({ a: 1, c: null }, path)).toEqual(value);
  });
});
