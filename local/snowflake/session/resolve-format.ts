import type { StageFormat } from '../catalog/model.ts';
import { DEFAULT_FORMAT, type FileFormat } from '../copy/file-format.ts';
import { type FormatClause, readFormatOptions } from './parse/file-format.ts';
import { missingObject, type SessionState } from './session-state.ts';

/** A file format by its name. @throws SnowflakeError 002003 */
export function namedFormat(session: SessionState, parts: readonly string[]): FileFormat {
  const found = session.find('FILE FORMAT', session.requireName(parts, 'FILE FORMAT'));
  if (!found) throw missingObject(session, 'File format', parts);
  return found.format;
}

/** The format a stage stands for when the statement names none. */
export function stageFormat(session: SessionState, stage: StageFormat | null): FileFormat {
  if (stage?.name) return namedFormat(session, stage.name);
  return stage?.format ?? DEFAULT_FORMAT;
}

/** The format that FILE_FORMAT of a statement gives, on top of the stage's. */
export function resolveFormat(
  session: SessionState,
  clause: FormatClause | null,
  stage: StageFormat | null,
): FileFormat {
  if (clause === null) return stageFormat(session, stage);
  if (clause.name) return namedFormat(session, clause.name);
  const base = stageFormat(session, stage);
  const type = clause.type ?? base.type;
  const given = type === base.type ? base.options : {};
  const format = readFormatOptions(type, clause.properties, given);
  clause.properties.refuseRest(`FILE_FORMAT ${type}`);
  return format;
}

/** What a stage keeps of FILE_FORMAT; a named format is looked up each time it is used. */
export function keptFormat(session: SessionState, clause: FormatClause | null): StageFormat {
  if (clause?.name) {
    const { database, schema, name } = session.requireName(clause.name, 'FILE FORMAT');
    namedFormat(session, clause.name);
    return { name: [database ?? '', schema ?? '', name], format: null };
  }
  return { name: null, format: clause && resolveFormat(session, clause, null) };
}
