import type { TokenReader } from '../session/parse/token-reader.ts';
import { unsupported } from '../sql/errors.ts';
import type { Block, Handler, Step } from './model.ts';
import { parseDeclaration } from './parse-declaration.ts';
import { expressionTo, parseStatement, variableList } from './parse-text.ts';

type StepBody = Step extends infer Each ? (Each extends Step ? Omit<Each, 'at'> : never) : never;

/** Words that end a list of statements. */
const LIST_ENDS = ['END', 'EXCEPTION', 'ELSE', 'ELSEIF', 'WHEN', 'UNTIL'];

/** A block from its DECLARE or BEGIN to its END. @throws SnowflakeError 001003 */
export function parseBlock(reader: TokenReader): Block {
  const declarations = [];
  if (reader.accept('DECLARE')) {
    while (!reader.sees('BEGIN')) {
      declarations.push(parseDeclaration(reader));
      reader.expectSymbol(';');
    }
  }
  reader.expect('BEGIN');
  const steps = parseSteps(reader);
  const handlers = reader.accept('EXCEPTION') ? parseHandlers(reader) : [];
  reader.expect('END');
  return { declarations, steps, handlers };
}

function parseSteps(reader: TokenReader): Step[] {
  const steps: Step[] = [];
  while (!LIST_ENDS.some((word) => reader.sees(word))) {
    const at = reader.peek()?.start ?? reader.sql.length;
    steps.push({ at, ...parseStep(reader) } as Step);
    reader.expectSymbol(';');
  }
  return steps;
}

function parseHandlers(reader: TokenReader): Handler[] {
  const handlers: Handler[] = [];
  while (reader.accept('WHEN')) {
    const names = [reader.identifier()];
    while (reader.accept('OR')) names.push(reader.identifier());
    reader.accept('EXIT');
    if (reader.sees('CONTINUE')) throw unsupported('CONTINUE handlers');
    reader.expect('THEN');
    handlers.push({ names, steps: parseSteps(reader) });
  }
  return handlers;
}

const STEPS: Readonly<Record<string, (reader: TokenReader) => StepBody>> = {
  LET: (reader) => ({ kind: 'declare', declaration: parseDeclaration(reader) }),
  IF: parseIf,
  CASE: parseCase,
  FOR: parseFor,
  WHILE: parseWhile,
  REPEAT: parseRepeat,
  LOOP: parseLoop,
  BREAK: (reader) => ({ kind: 'break', label: optionalName(reader) }),
  EXIT: (reader) => ({ kind: 'break', label: optionalName(reader) }),
  CONTINUE: (reader) => ({ kind: 'continue', label: optionalName(reader) }),
  ITERATE: (reader) => ({ kind: 'continue', label: optionalName(reader) }),
  OPEN: parseOpen,
  FETCH: parseFetch,
  CLOSE: (reader) => ({ kind: 'close', name: reader.identifier() }),
  RETURN: parseReturn,
  RAISE: (reader) => ({ kind: 'raise', name: optionalName(reader) }),
  NULL: () => ({ kind: 'nothing' }),
};

function parseStep(reader: TokenReader): StepBody {
  const first = reader.peek();
  const word = first?.kind === 'word' ? first.value : '';
  if (word === 'DECLARE' || (word === 'BEGIN' && !isTransaction(reader))) {
    const block = parseBlock(reader);
    optionalName(reader);
    return { kind: 'block', block };
  }
  const isAssignment = reader.peek(1)?.text === ':=';
  if (isAssignment) return parseAssignment(reader);
  const parse = Object.hasOwn(STEPS, word) ? STEPS[word] : undefined;
  if (!parse) {
    return { kind: 'run', ...parseStatement(reader) };
  }
  reader.expect(word);
  return parse(reader);
}

function isTransaction(reader: TokenReader): boolean {
  const next = reader.peek(1);
  return next?.text === ';' || ['TRANSACTION', 'WORK', 'NAME'].includes(next?.value ?? '');
}

function parseAssignment(reader: TokenReader): StepBody {
  const name = reader.identifier();
  reader.expectSymbol(':=');
  return { kind: 'assign', name, value: expressionTo(reader, []) };
}

function optionalName(reader: TokenReader): string | null {
  return reader.seesSymbol(';') || reader.isAtEnd ? null : reader.identifier();
}

function parseIf(reader: TokenReader): StepBody {
  const branches = [];
  do {
    const test = expressionTo(reader, ['THEN']);
    reader.expect('THEN');
    branches.push({ test, steps: parseSteps(reader) });
  } while (reader.accept('ELSEIF'));
  const otherwise = reader.accept('ELSE') ? parseSteps(reader) : [];
  reader.expect('END', 'IF');
  return { kind: 'if', branches, otherwise };
}

/** CASE WHEN test THEN …, and CASE (subject) WHEN value THEN …, as the IF that they mean. */
function parseCase(reader: TokenReader): StepBody {
  const subject = reader.sees('WHEN') ? null : expressionTo(reader, ['WHEN']);
  const branches = [];
  while (reader.accept('WHEN')) {
    const value = expressionTo(reader, ['THEN']);
    reader.expect('THEN');
    const test = subject === null ? value : `(${subject}) = (${value})`;
    branches.push({ test, steps: parseSteps(reader) });
  }
  const otherwise = reader.accept('ELSE') ? parseSteps(reader) : [];
  reader.expect('END');
  reader.accept('CASE');
  return { kind: 'if', branches, otherwise };
}

/** The statements of a loop up to `END word [label]`. */
function parseBody(reader: TokenReader, ...ends: readonly string[]) {
  const steps = parseSteps(reader);
  reader.expect('END');
  if (!reader.acceptOne(...ends)) throw reader.error();
  return { steps, label: optionalName(reader) };
}

function parseFor(reader: TokenReader): StepBody {
  const name = reader.identifier();
  reader.expect('IN');
  const isReverse = reader.accept('REVERSE');
  if (!isReverse && ['DO', 'LOOP'].includes(reader.peek(1)?.value ?? '')) {
    const over = reader.identifier();
    reader.next();
    return { kind: 'each', name, over, ...parseBody(reader, 'FOR', 'LOOP') };
  }
  const from = expressionTo(reader, ['TO']);
  reader.expect('TO');
  const to = expressionTo(reader, ['DO', 'LOOP']);
  reader.next();
  return { kind: 'count', name, from, to, isReverse, ...parseBody(reader, 'FOR', 'LOOP') };
}

function parseWhile(reader: TokenReader): StepBody {
  const test = expressionTo(reader, ['DO', 'LOOP']);
  reader.next();
  return { kind: 'while', test, ...parseBody(reader, 'WHILE', 'LOOP') };
}

function parseRepeat(reader: TokenReader): StepBody {
  const steps = parseSteps(reader);
  reader.expect('UNTIL');
  const until = expressionTo(reader, ['END']);
  reader.expect('END', 'REPEAT');
  return { kind: 'repeat', until, steps, label: optionalName(reader) };
}

function parseLoop(reader: TokenReader): StepBody {
  return { kind: 'loop', ...parseBody(reader, 'LOOP') };
}

function parseOpen(reader: TokenReader): StepBody {
  const name = reader.identifier();
  return { kind: 'open', name, using: reader.accept('USING') ? variableList(reader) : [] };
}

function parseFetch(reader: TokenReader): StepBody {
  const name = reader.identifier();
  reader.expect('INTO');
  const into = [targetName(reader)];
  while (reader.acceptSymbol(',')) into.push(targetName(reader));
  return { kind: 'fetch', name, into };
}

function targetName(reader: TokenReader): string {
  reader.acceptSymbol(':');
  return reader.identifier();
}

function parseReturn(reader: TokenReader): StepBody {
  if (reader.seesSymbol(';')) return { kind: 'return', value: null };
  if (reader.sees('TABLE') && reader.peek(1)?.text === '(') {
    reader.expect('TABLE');
    return { kind: 'return table', value: reader.bracketText().trim() };
  }
  return { kind: 'return', value: expressionTo(reader, []) };
}
