import type { StageCredentials, StageFormat, StageObject } from '../catalog/model.ts';
import { requireAllowed } from '../stage/integration.ts';
import { parseS3Url } from '../stage/s3-store.ts';
import type { StageStore } from '../stage/stage-store.ts';
import type { LocationText } from './parse/location.ts';
import { missingObject, type SessionState } from './session-state.ts';
import { findIntegration } from './statements/storage-integration.ts';

/** The files a statement reads or writes, and how it names them. */
export interface Location {
  readonly store: StageStore;
  /** Path below the stage's root that the statement gives: a folder, a prefix of names, or a file. */
  readonly path: string;
  /** Written before a file's name by LIST and in the answer of COPY. */
  readonly label: string;
  /** Written before a file's name in METADATA$FILENAME. */
  readonly keyPrefix: string;
  readonly format: StageFormat | null;
  /** The named stage, when it is one. */
  readonly stage: StageObject | null;
  /** Folder of this machine, for an internal stage. */
  readonly folder: string | null;
}

/** How a bucket is reached by a statement that names its URL. */
export interface UrlAccess {
  readonly integration: string | null;
  readonly credentials: StageCredentials | null;
}

function external(
  session: SessionState,
  url: string,
  { integration, credentials }: UrlAccess,
  reached: string,
): Pick<Location, 'store' | 'label' | 'keyPrefix' | 'folder'> {
  if (integration !== null) requireAllowed(findIntegration(session, integration), reached);
  const { bucket, path: prefix } = parseS3Url(url) ?? { bucket: '', path: '' };
  const store = session.engine.stages.external({ bucket, prefix }, credentials);
  return { store, label: url, keyPrefix: prefix, folder: null };
}

function internal(session: SessionState, folder: string, label: string) {
  const store = session.engine.stages.internal(folder);
  return { store, label, keyPrefix: '', folder, stage: null, format: null };
}

function stageLocation(session: SessionState, parts: readonly string[], path: string): Location {
  const stage = session.find('STAGE', session.requireName(parts, 'STAGE'));
  if (!stage) throw missingObject(session, 'Stage', parts);
  const own = { path, stage, format: stage.format };
  if (stage.url !== null)
    return { ...external(session, stage.url, stage, stage.url + path), ...own };
  const folder = session.engine.stages.objectFolder(stage.id);
  return { ...internal(session, folder, `${stage.name.toLowerCase()}/`), ...own };
}

/**
 * The files that a location stands for.
 * @throws SnowflakeError 002003 for a stage or table that is not there, 003139 for a place that the
 * integration does not reach
 */
export function resolveLocation(
  session: SessionState,
  text: LocationText,
  access: UrlAccess = { integration: null, credentials: null },
): Location {
  const { stages } = session.engine;
  if (text.kind === 'stage') return stageLocation(session, text.name, text.path);
  if (text.kind === 'user') {
    return { ...internal(session, stages.userFolder(session.user), ''), path: text.path };
  }
  if (text.kind === 'table') {
    const table = session.findRelation(text.name);
    if (table?.kind !== 'TABLE') throw missingObject(session, 'Table', text.name);
    return { ...internal(session, stages.objectFolder(table.id), ''), path: text.path };
  }
  const { bucket, path } = parseS3Url(text.url) ?? { bucket: '', path: '' };
  const root = external(session, `s3://${bucket}/`, access, text.url);
  return { ...root, path, stage: null, format: null };
}
