import type { AslState } from './state-language.ts';

const OPERATORS: Readonly<Record<string, string>> = {
  StringEquals: '=',
  NumericEquals: '=',
  BooleanEquals: '=',
  NumericGreaterThan: '>',
  NumericLessThan: '<',
};

/** Last word of an ARN or name, without the stack's prefix. */
const shortName = (name: unknown, prefix: string): string =>
  String(name)
    .replace(/^.*[:/]/, '')
    .replace(prefix, '');

const INTEGRATION = /:::(\w+):(\w+)/;

/** What a task does, in words, for example `glue job silver`; null for states that do nothing outside the machine. */
export function describeAction(state: AslState, prefix: string): string | null {
  const [, service, action] = INTEGRATION.exec(state.Resource ?? '') ?? [];
  if (service === undefined) return null;
  const { FunctionName, JobName, StateMachineArn } = state.Parameters;
  if (service === 'lambda') return `function ${shortName(FunctionName, prefix)}`;
  if (service === 'glue') return `glue job ${shortName(JobName, prefix)}`;
  if (service === 'sagemaker') return 'training job';
  if (service === 'states') return `machine ${shortName(StateMachineArn, prefix)}`;
  return `${service} ${action}`;
}

/** The condition of a choice in short, for example `silver.status = fail`. */
export function describeChoice(choice: Readonly<Record<string, unknown>>): string {
  const { And, Or, Not, Variable, Next: _next, ...rest } = choice;
  if (Array.isArray(And)) return And.map(describeChoice).filter(Boolean).join(' and ');
  if (Array.isArray(Or)) return Or.map(describeChoice).filter(Boolean).join(' or ');
  if (Not !== undefined) return `not ${describeChoice(Not as Record<string, unknown>)}`;
  const name = String(Variable).replace(/^\$\./, '');
  const conditions = Object.entries(rest).map(([operator, value]) => {
    if (operator === 'IsPresent') return value === true ? `${name} is there` : `no ${name}`;
    return `${name} ${OPERATORS[operator] ?? operator} ${value}`;
  });
  return conditions.join(' and ');
}
