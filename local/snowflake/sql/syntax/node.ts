import { unsupported } from '../errors.ts';

/**
 * A node of the parser: an object with one key, its kind, or the string of a kind without fields.
 */
export type Node = { readonly [kind: string]: Fields } | string;

/**
 * Fields of a node. They are read through the functions below, which refuse what they do not
 * expect.
 */
export interface Fields {
  readonly [name: string]: unknown;
}

export interface Name {
  readonly name: string;
  readonly quoted: boolean;
}

export function kindOf(node: Node): string {
  if (typeof node === 'string') return node;
  return Object.keys(node)[0] ?? '';
}

const NO_FIELDS: Fields = {};

export function fieldsOf(node: Node): Fields {
  if (typeof node === 'string') return NO_FIELDS;
  const value = Object.values(node)[0];
  return value && typeof value === 'object' ? value : NO_FIELDS;
}

/** Fields that say how something was written and not what it means. */
const COSMETIC: ReadonlySet<string> = new Set([
  'span',
  'quoted',
  'trailing_comments',
  'leading_comments',
  'pre_alias_comments',
  'post_select_comments',
  'double_colon_syntax',
  'alias_explicit_as',
  'alias_keyword',
  'inferred_type',
  'use_bracket_syntax',
  'no_parens',
  'explicit_asc',
  'join_mark',
  'comments',
  'left_comments',
  'operator_comments',
  'use_inner_keyword',
  'use_outer_keyword',
  'nesting_group',
  'alias_first',
  'kind_text',
  'start_side_text',
  'end_side_text',
  'original_name',
  'separator',
  'alias_quoted',
  'modifiers_inside',
]);

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}

/**
 * The fields of a node, when nothing is set beyond `allowed`: a clause that the translation does
 * not look at must not vanish.
 */
export function only(kind: string, fields: Fields, allowed: readonly string[]): Fields {
  for (const [name, value] of Object.entries(fields)) {
    if (isEmpty(value) || COSMETIC.has(name) || allowed.includes(name)) continue;
    throw unsupported(`${kind} with ${name}`.replaceAll('_', ' '));
  }
  return fields;
}

export function node(fields: Fields, name: string): Node {
  const value = fields[name];
  if (value && (typeof value === 'object' || typeof value === 'string')) return value as Node;
  throw unsupported(`SQL without ${name}`);
}

export function optionalNode(fields: Fields, name: string): Node | undefined {
  const value = fields[name];
  return value ? (value as Node) : undefined;
}

export function nodes(fields: Fields, name: string): readonly Node[] {
  const value = fields[name];
  return Array.isArray(value) ? (value as Node[]) : [];
}

/** Records that are no nodes: their fields directly, without a kind. */
export function records(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? (value as Fields[]) : [];
}

export function record(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  return value && typeof value === 'object' ? (value as Fields) : undefined;
}

export function nameOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'string') return value;
  if (value && typeof value === 'object' && 'name' in value) return String(value.name);
  return undefined;
}

export function names(fields: Fields, name: string): readonly string[] {
  return records(fields, name).map((each) => String(each.name));
}
