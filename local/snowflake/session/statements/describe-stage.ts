import type { StageObject } from '../../catalog/model.ts';
import { displayName } from '../../catalog/names.ts';
import { answerRows, type Handler, STATEMENT_TYPE, textColumn } from '../answer.ts';
import { stageFormat } from '../resolve-format.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import { describedOptions } from './file-format.ts';

type Row = readonly [string, string, string, string, string];

const COLUMNS = [
  'parent_property',
  'property',
  'property_type',
  'property_value',
  'property_default',
].map(textColumn);

/** A stage with a named format shows its name, another one the options. */
function formatRows(session: SessionState, { format }: StageObject): Row[] {
  if (format.name) {
    return [['STAGE_FILE_FORMAT', 'FORMAT_NAME', 'String', displayName(format.name), '']];
  }
  return describedOptions(stageFormat(session, format)).map((row) => ['STAGE_FILE_FORMAT', ...row]);
}

/** Where an external stage is and what reaches it; secrets are not shown. */
function locationRows({ url, integration, credentials }: StageObject): Row[] {
  if (url === null) return [];
  const rows: Row[] = [['STAGE_LOCATION', 'URL', 'String', JSON.stringify([url]), '']];
  if (integration !== null) {
    rows.push(['STAGE_INTEGRATION', 'STORAGE_INTEGRATION', 'String', integration, '']);
  }
  if (credentials !== null) {
    rows.push(['STAGE_CREDENTIALS', 'AWS_KEY_ID', 'String', credentials.keyId, '']);
  }
  return rows;
}

/** DESCRIBE STAGE; https://docs.snowflake.com/en/sql-reference/sql/desc-stage */
export const describeStage: Handler = async (session, statement) => {
  const { reader } = statement;
  if (!reader.accept('DESC')) reader.expect('DESCRIBE');
  reader.expect('STAGE');
  const parts = reader.name();
  reader.expectEnd();
  const stage = session.find('STAGE', session.requireName(parts, 'DESCRIBE STAGE'));
  if (!stage) throw missingObject(session, 'Stage', parts);
  const directory = String(stage.hasDirectory);
  const rows: Row[] = [
    ...formatRows(session, stage),
    ...locationRows(stage),
    ['DIRECTORY', 'ENABLE', 'Boolean', directory, 'false'],
  ];
  return answerRows(session, statement, STATEMENT_TYPE.describe, COLUMNS, rows);
};
