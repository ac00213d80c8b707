import type { StageObject } from '../../catalog/model.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import { requireAllowed } from '../../stage/integration.ts';
import type { Handler } from '../answer.ts';
import { alreadyExists, changeCatalog, newObject } from '../change-catalog.ts';
import { readCreateHead, readStageOptions, type StageOptions } from '../parse/stage.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { keptFormat } from '../resolve-format.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import { findIntegration } from './storage-integration.ts';

type Reach = Pick<StageObject, 'url' | 'integration' | 'credentials'>;

/** Refuses a stage whose parts do not fit together, or whose integration does not reach it. */
function checkReach(session: SessionState, { url, integration, credentials }: Reach): void {
  if (url === null && (integration !== null || credentials !== null)) {
    throw compilationError(
      '002077',
      '42601',
      'A stage without URL is internal and takes no STORAGE_INTEGRATION or CREDENTIALS',
    );
  }
  if (url === null || integration === null) return;
  requireAllowed(findIntegration(session, integration), url);
}

/** What the options change of how a stage is reached: one way replaces the other. */
function reachOf(options: StageOptions, from: Reach): Reach {
  const url = options.url ?? from.url;
  if (options.integration !== undefined) {
    return { url, integration: options.integration, credentials: null };
  }
  if (options.credentials !== undefined) {
    return { url, integration: null, credentials: options.credentials };
  }
  return { ...from, url };
}

const NO_REACH: Reach = { url: null, integration: null, credentials: null };

/** CREATE [OR REPLACE] [TEMPORARY] STAGE [IF NOT EXISTS] name [options]. */
export const createStage: Handler = (session, statement) => {
  const head = readCreateHead(statement.reader, 'STAGE');
  const options = readStageOptions(statement.reader);
  return changeCatalog(session, statement, async () => {
    const name = session.requireName(head.name, 'CREATE STAGE');
    const found = session.find('STAGE', name);
    const taken = found !== undefined && session.isTemporary(found) === head.isTemporary;
    if (taken && head.ifNotExists) {
      return { message: `${name.name} already exists, statement succeeded.` };
    }
    if (taken && !head.orReplace) throw alreadyExists(name);
    const reach = reachOf(options, NO_REACH);
    checkReach(session, reach);
    const stage: StageObject = {
      kind: 'STAGE',
      ...newObject(session, statement, name),
      ...reach,
      isTemporary: head.isTemporary,
      format: keptFormat(session, options.format),
      hasDirectory: options.hasDirectory ?? false,
      comment: options.comment ?? null,
    };
    const remove = taken ? [found] : [];
    const onCommitted = () => {
      for (const each of remove) void session.engine.stages.forget(each.id);
    };
    const message = `Stage area ${name.name} successfully created.`;
    return { put: [stage], remove, message, onCommitted };
  });
};

function unset(reader: TokenReader, stage: StageObject): StageObject {
  let changed = stage;
  do {
    if (reader.accept('COMMENT')) changed = { ...changed, comment: null };
    else if (reader.accept('FILE_FORMAT')) {
      changed = { ...changed, format: { name: null, format: null } };
    } else throw unsupported(`ALTER STAGE … UNSET ${reader.peek()?.text ?? ''}`);
  } while (reader.acceptSymbol(','));
  reader.expectEnd();
  return changed;
}

function altered(session: SessionState, reader: TokenReader, stage: StageObject): StageObject {
  if (reader.accept('RENAME', 'TO')) {
    const name = session.requireName(reader.name(), 'ALTER STAGE');
    reader.expectEnd();
    if (session.find('STAGE', name)) throw alreadyExists(name);
    return { ...stage, ...name };
  }
  if (reader.accept('UNSET')) return unset(reader, stage);
  if (!reader.accept('SET')) throw unsupported(`ALTER STAGE ${reader.peek()?.text ?? ''}`);
  const options = readStageOptions(reader);
  const reach = reachOf(options, stage);
  checkReach(session, reach);
  return {
    ...stage,
    ...reach,
    format: options.format === null ? stage.format : keptFormat(session, options.format),
    hasDirectory: options.hasDirectory ?? stage.hasDirectory,
    comment: options.comment ?? stage.comment,
  };
}

/** ALTER STAGE [IF EXISTS] name SET | UNSET | RENAME TO. */
export const alterStage: Handler = (session, statement) => {
  const { reader } = statement;
  reader.expect('ALTER', 'STAGE');
  const ifExists = reader.accept('IF', 'EXISTS');
  const parts = reader.name();
  return changeCatalog(session, statement, async () => {
    const message = 'Statement executed successfully.';
    const found = session.find('STAGE', session.requireName(parts, 'ALTER STAGE'));
    if (!found && ifExists) return { message };
    if (!found) throw missingObject(session, 'Stage', parts);
    const put = { ...altered(session, reader, found), alteredAt: statement.now };
    return { put: [put], message };
  });
};
