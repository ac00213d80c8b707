import type { Answer, RunNested } from '../session/answer.ts';
import { unsupported } from '../sql/errors.ts';
import { Evaluator } from './evaluator.ts';
import { ScriptException, STATEMENT_ERROR } from './exception.ts';
import { Frame, type RecordValue } from './frame.ts';
import type { Block, Declaration, Expression, Handler, Step } from './model.ts';
import { recordsOf } from './rows.ts';
import { flagValue, inferredType, NULL, numberValue, textValue, type Value } from './value.ts';

/** How a list of statements ended, when not by reaching its end. */
export type Ending =
  | { readonly kind: 'break' | 'continue'; readonly label: string | null }
  | { readonly kind: 'return'; readonly value: Value }
  | { readonly kind: 'return table'; readonly answer: Answer };

type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>;
type Loop = Extract<Step, { label: string | null; steps: readonly Step[] }>;

/** Runs a parsed block. */
export class Interpreter {
  readonly #evaluator: Evaluator;
  readonly #signal: AbortSignal | undefined;
  readonly #globals: Frame;

  constructor(runSql: RunNested, signal: AbortSignal | undefined, globals = new Frame()) {
    this.#evaluator = new Evaluator(runSql, signal, globals);
    this.#signal = signal;
    this.#globals = globals;
  }

  /** @throws ScriptException when no handler takes an exception */
  async run(block: Block, outer: Frame = this.#globals): Promise<Ending | undefined> {
    const frame = new Frame(outer);
    try {
      for (const declaration of block.declarations) await this.#declare(declaration, frame);
      return await this.#steps(block.steps, frame);
    } catch (error) {
      if (!(error instanceof ScriptException)) throw error;
      const handler = block.handlers.find(({ names }) =>
        names.some((name) => error.isCaughtBy(name)),
      );
      if (!handler) throw error;
      return await this.#handle(handler, error, frame);
    }
  }

  async #handle(handler: Handler, error: ScriptException, outer: Frame) {
    const frame = new Frame(outer);
    const code = Number(error.code);
    const tell = (name: string, value: Value) =>
      frame.set(name, { kind: 'variable', type: null, value });
    tell('SQLCODE', numberValue(code));
    tell('SQLERRM', textValue(error.message));
    tell('SQLSTATE', textValue(error.sqlState));
    try {
      return await this.#steps(handler.steps, frame);
    } catch (raised) {
      if (raised instanceof Reraise) throw error;
      throw raised;
    }
  }

  async #steps(steps: readonly Step[], frame: Frame): Promise<Ending | undefined> {
    for (const step of steps) {
      this.#signal?.throwIfAborted();
      try {
        const ending = await this.#step(step, frame);
        if (ending) return ending;
      } catch (error) {
        if (error instanceof ScriptException) error.at ??= step.at;
        throw error;
      }
    }
    return undefined;
  }

  async #step(step: Step, frame: Frame): Promise<Ending | undefined> {
    switch (step.kind) {
      case 'declare':
        await this.#declare(step.declaration, frame);
        return undefined;
      case 'assign':
        await this.#assign(step, frame);
        return undefined;
      case 'run':
        await this.#runStep(step, frame);
        return undefined;
      case 'block':
        return this.run(step.block, frame);
      case 'if':
        return this.#choose(step, frame);
      case 'while':
      case 'repeat':
      case 'loop':
      case 'count':
      case 'each':
        return this.#loop(step, frame);
      case 'break':
      case 'continue':
        return { kind: step.kind, label: step.label };
      case 'return':
        return {
          kind: 'return',
          value: step.value ? await this.#evaluator.value(step.value, frame) : NULL,
        };
      case 'return table':
        return { kind: 'return table', answer: await this.#evaluator.resultSet(step.value, frame) };
      case 'raise':
        throw this.#raised(step.name, frame);
      default:
        await this.#cursorStep(step, frame);
        return undefined;
    }
  }

  async #declare(declaration: Declaration, frame: Frame): Promise<void> {
    const { name } = declaration;
    switch (declaration.kind) {
      case 'variable': {
        const { type } = declaration;
        const value = declaration.value
          ? await this.#evaluator.value(declaration.value, frame, type)
          : { ...NULL, ...(type ? { type } : {}) };
        frame.set(name, { kind: 'variable', type: type ?? inferredType(value), value });
        return;
      }
      case 'cursor':
        frame.set(name, { kind: 'cursor', source: declaration.source, rows: null });
        return;
      case 'resultset': {
        const { value } = declaration;
        const answer = value === null ? null : await this.#evaluator.resultSet(value, frame);
        frame.set(name, { kind: 'resultset', answer });
        return;
      }
      default:
        frame.set(name, declaration);
    }
  }

  async #assign({ name, value }: StepOf<'assign'>, frame: Frame): Promise<void> {
    const slot = frame.find(name);
    if (slot?.kind === 'resultset') slot.answer = await this.#evaluator.resultSet(value, frame);
    else {
      const variable = frame.get(name, 'variable');
      variable.value = await this.#evaluator.value(value, frame, variable.type);
    }
  }

  #assignCells(names: readonly string[], row: RecordValue | undefined, frame: Frame): void {
    const cells = [...(row?.values() ?? [])];
    for (const [at, name] of names.entries()) {
      frame.get(name, 'variable').value = cells[at] ?? NULL;
    }
  }

  async #runStep({ source, into }: StepOf<'run'>, frame: Frame): Promise<void> {
    const answer = await this.#evaluator.source(source, frame);
    if (into.length === 0) return;
    if (answer.result.rowCount !== 1) {
      const found = answer.result.rowCount;
      const message = `A SELECT INTO statement expects exactly 1 returned row, but got ${found}.`;
      throw new ScriptException(STATEMENT_ERROR, '100132', 'P0000', message);
    }
    for await (const row of recordsOf(answer)) this.#assignCells(into, row, frame);
  }

  async #choose({ branches, otherwise }: StepOf<'if'>, frame: Frame) {
    for (const { test, steps } of branches) {
      if (await this.#evaluator.isTrue(test, frame)) return this.#steps(steps, frame);
    }
    return this.#steps(otherwise, frame);
  }

  /** Runs the statements of a loop as often as its kind says. */
  async #loop(step: Loop, frame: Frame): Promise<Ending | undefined> {
    for await (const inner of this.#turns(step, frame)) {
      const ending = await this.#steps(step.steps, inner);
      if (!ending) continue;
      if (ending.kind === 'return' || ending.kind === 'return table') return ending;
      if (ending.label !== null && ending.label !== step.label) return ending;
      if (ending.kind === 'break') return undefined;
    }
    return undefined;
  }

  /** A frame for each turn of a loop. */
  async *#turns(step: Loop, frame: Frame): AsyncGenerator<Frame> {
    switch (step.kind) {
      case 'count':
        yield* this.#counted(step, frame);
        return;
      case 'each':
        for await (const value of await this.#rows(step.over, frame)) {
          const inner = new Frame(frame);
          inner.set(step.name, { kind: 'record', value });
          yield inner;
        }
        return;
      case 'while':
        while (await this.#evaluator.isTrue(step.test, frame)) yield new Frame(frame);
        return;
      case 'repeat':
        do yield new Frame(frame);
        while (!(await this.#evaluator.isTrue(step.until, frame)));
        return;
      default:
        for (;;) yield new Frame(frame);
    }
  }

  async *#counted(step: StepOf<'count'>, frame: Frame): AsyncGenerator<Frame> {
    const bound = async (text: Expression) =>
      Number((await this.#evaluator.value(text, frame)).text);
    const [from, to] = [await bound(step.from), await bound(step.to)];
    for (let turn = 0; turn <= to - from; turn += 1) {
      const inner = new Frame(frame);
      const value = numberValue(step.isReverse ? to - turn : from + turn);
      inner.set(step.name, { kind: 'variable', type: value.type, value });
      yield inner;
    }
  }

  /** The rows of a cursor or a result set, for FOR … IN. */
  async #rows(name: string, frame: Frame): Promise<AsyncIterable<RecordValue>> {
    const slot = frame.find(name);
    if (slot?.kind === 'resultset') return recordsOf(await this.#evaluator.resultSet(name, frame));
    return recordsOf(await this.#evaluator.query(name, frame, []));
  }

  async #cursorStep(step: StepOf<'open' | 'fetch' | 'close' | 'nothing'>, frame: Frame) {
    if (step.kind === 'nothing') return;
    const cursor = frame.get(step.name, 'cursor');
    if (step.kind === 'open') {
      cursor.rows = recordsOf(await this.#evaluator.query(step.name, frame, step.using));
      return;
    }
    if (!cursor.rows) {
      throw new ScriptException(
        STATEMENT_ERROR,
        '100132',
        'P0000',
        `Cursor '${step.name}' is not open.`,
      );
    }
    if (step.kind === 'close') {
      cursor.rows = null;
      return;
    }
    const { value, done } = await cursor.rows.next();
    this.#evaluator.tell('SQLFOUND', flagValue(!done));
    this.#evaluator.tell('SQLNOTFOUND', flagValue(done === true));
    this.#assignCells(step.into, done ? undefined : value, frame);
  }

  #raised(name: string | null, frame: Frame): Error {
    if (name === null) return new Reraise();
    const { code, message } = frame.get(name, 'exception');
    return new ScriptException(name, code, 'P0001', message);
  }
}

/** RAISE without a name: the exception that is being handled goes on. */
class Reraise extends Error {
  override readonly name = 'Reraise';
  constructor() {
    super(unsupported('RAISE outside of an exception handler').message);
  }
}
