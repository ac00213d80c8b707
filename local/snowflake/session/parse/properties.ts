import { compilationError, unsupported } from '../../sql/errors.ts';
import type { TokenReader } from './token-reader.ts';

/** One value of a property: a word in upper case, a text, or a number as written. */
export interface Scalar {
  readonly kind: 'scalar';
  readonly text: string;
  readonly isQuoted: boolean;
}

type Property =
  | Scalar
  | { readonly kind: 'list'; readonly items: readonly Scalar[] }
  | { readonly kind: 'map'; readonly properties: Properties };

/** A name that may have up to three parts, or a text, a word, a number. */
function readScalar(reader: TokenReader): Scalar {
  const minus = reader.acceptSymbol('-') ? '-' : '';
  const token = reader.peek();
  if (!token || token.kind === 'symbol') throw reader.error();
  if (token.kind !== 'word' && token.kind !== 'quoted') {
    reader.next();
    return { kind: 'scalar', text: minus + token.value, isQuoted: token.kind === 'string' };
  }
  const parts = reader
    .name()
    .map((part) => (/^[A-Z_][A-Z0-9_$]*$/.test(part) ? part : quoted(part)));
  return { kind: 'scalar', text: parts.join('.'), isQuoted: false };
}

const quoted = (part: string): string => `"${part.replaceAll('"', '""')}"`;

function readBracketed(reader: TokenReader): Property {
  reader.expectSymbol('(');
  const isMap = reader.peek()?.kind === 'word' && reader.peek(1)?.text === '=';
  if (isMap) {
    const properties = Properties.read(reader);
    reader.expectSymbol(')');
    return { kind: 'map', properties };
  }
  const items: Scalar[] = [];
  while (!reader.acceptSymbol(')')) {
    items.push(readScalar(reader));
    if (!reader.seesSymbol(')')) reader.expectSymbol(',');
  }
  return { kind: 'list', items };
}

/**
 * The `NAME = value` pairs of a statement, in any order. What is asked for is ticked off, so that
 * the rest can be refused by name.
 */
export class Properties {
  readonly #values = new Map<string, Property>();
  readonly #asked = new Set<string>();

  /** Reads pairs up to the end, to a closing bracket, or to a word. */
  static read(reader: TokenReader, before?: string): Properties {
    const properties = new Properties();
    while (!reader.isAtEnd && !reader.seesSymbol(')') && !(before && reader.sees(before))) {
      if (reader.peek()?.kind !== 'word') throw reader.error();
      properties.#readOne(reader);
      reader.acceptSymbol(',');
    }
    return properties;
  }

  #readOne(reader: TokenReader): void {
    const name = reader.identifier();
    if (!reader.acceptSymbol('=') && !reader.acceptSymbol('=>')) {
      if (reader.peek()?.kind !== 'string' && !reader.seesSymbol('(')) throw reader.error();
    }
    if (this.#values.has(name)) throw duplicate(name);
    this.#values.set(name, reader.seesSymbol('(') ? readBracketed(reader) : readScalar(reader));
  }

  /** Adds the pairs of another reading. */
  take(other: Properties): void {
    for (const [name, value] of other.#values) {
      if (this.#values.has(name)) throw duplicate(name);
      this.#values.set(name, value);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  scalar(name: string): Scalar | undefined {
    const value = this.#ask(name);
    if (value === undefined || value.kind === 'scalar') return value;
    throw invalidValue(name, '( … )');
  }

  text(name: string): string | undefined {
    return this.scalar(name)?.text;
  }

  /** A word: in upper case whether or not it was written in quotes. */
  word(name: string): string | undefined {
    return this.text(name)?.toUpperCase();
  }

  flag(name: string): boolean | undefined {
    const text = this.word(name);
    if (text === undefined) return undefined;
    if (text !== 'TRUE' && text !== 'FALSE') throw invalidValue(name, text);
    return text === 'TRUE';
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^-?\d+$/.test(text)) throw invalidValue(name, text);
    return Number(text);
  }

  /** A list of texts; one text stands for a list of one. */
  texts(name: string): readonly string[] | undefined {
    const value = this.#ask(name);
    if (value === undefined) return undefined;
    if (value.kind === 'scalar') return [value.text];
    if (value.kind === 'list') return value.items.map(({ text }) => text);
    throw invalidValue(name, '( … = … )');
  }

  /** The properties in brackets; empty brackets are none. */
  map(name: string): Properties | undefined {
    const value = this.#ask(name);
    if (value?.kind === 'map') return value.properties;
    if (value?.kind === 'list' && value.items.length === 0) return new Properties();
    if (value === undefined) return undefined;
    throw invalidValue(name, value.kind === 'scalar' ? value.text : '( … )');
  }

  /** Whether the property is a map rather than one value. */
  isMap(name: string): boolean {
    return this.#values.get(name)?.kind === 'map';
  }

  /** @throws SnowflakeError 000002 for a property that nobody has asked for */
  refuseRest(what: string): void {
    const rest = this.names.find((name) => !this.#asked.has(name));
    if (rest !== undefined) throw unsupported(`${what} option ${rest}`);
  }

  #ask(name: string): Property | undefined {
    this.#asked.add(name);
    return this.#values.get(name);
  }
}

const duplicate = (name: string): Error =>
  compilationError('001004', '42601', `duplicate property '${name}'`);

/** 001008: a value that a property does not take. */
export function invalidValue(name: string, value: string): Error {
  return compilationError('001008', '22023', `invalid value [${value}] for parameter '${name}'`);
}
