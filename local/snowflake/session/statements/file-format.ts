import type { FileFormatObject } from '../../catalog/model.ts';
import {
  type FileFormat,
  FORMAT_OPTIONS,
  type FormatValue,
  optionOf,
} from '../../copy/file-format.ts';
import { unsupported } from '../../sql/errors.ts';
import { answerRows, type Handler, STATEMENT_TYPE, textColumn } from '../answer.ts';
import { alreadyExists, changeCatalog, newObject } from '../change-catalog.ts';
import { formatType, readFormatOptions } from '../parse/file-format.ts';
import { Properties } from '../parse/properties.ts';
import { readCreateHead } from '../parse/stage.ts';
import { missingObject } from '../session-state.ts';

/** CREATE [OR REPLACE] [TEMPORARY] FILE FORMAT [IF NOT EXISTS] name TYPE = … [options]. */
export const createFileFormat: Handler = (session, statement) => {
  const head = readCreateHead(statement.reader, 'FILE', 'FORMAT');
  const properties = Properties.read(statement.reader);
  const format = readFormatOptions(formatType(properties.word('TYPE') ?? 'CSV'), properties);
  const comment = properties.text('COMMENT') ?? null;
  properties.refuseRest(`FILE FORMAT ${format.type}`);
  return changeCatalog(session, statement, async () => {
    const name = session.requireName(head.name, 'CREATE FILE FORMAT');
    const found = session.find('FILE FORMAT', name);
    const taken = found !== undefined && session.isTemporary(found) === head.isTemporary;
    if (taken && head.ifNotExists) {
      return { message: `${name.name} already exists, statement succeeded.` };
    }
    if (taken && !head.orReplace) throw alreadyExists(name);
    const put: FileFormatObject = {
      kind: 'FILE FORMAT',
      ...newObject(session, statement, name),
      isTemporary: head.isTemporary,
      format,
      comment,
    };
    const message = `File format ${name.name} successfully created.`;
    return { put: [put], remove: taken ? [found] : [], message };
  });
};

/** ALTER FILE FORMAT [IF EXISTS] name SET … | RENAME TO …; its type cannot be changed. */
export const alterFileFormat: Handler = (session, statement) => {
  const { reader } = statement;
  reader.expect('ALTER', 'FILE', 'FORMAT');
  const ifExists = reader.accept('IF', 'EXISTS');
  const parts = reader.name();
  return changeCatalog(session, statement, async () => {
    const message = 'Statement executed successfully.';
    const found = session.find('FILE FORMAT', session.requireName(parts, 'ALTER FILE FORMAT'));
    if (!found && ifExists) return { message };
    if (!found) throw missingObject(session, 'File format', parts);
    return { put: [{ ...found, ...readAlteration(found), alteredAt: statement.now }], message };
  });

  function readAlteration(found: FileFormatObject): Partial<FileFormatObject> {
    if (reader.accept('RENAME', 'TO')) {
      const name = session.requireName(reader.name(), 'ALTER FILE FORMAT');
      if (session.find('FILE FORMAT', name)) throw alreadyExists(name);
      return name;
    }
    if (!reader.accept('SET')) throw unsupported(`ALTER FILE FORMAT ${reader.peek()?.text ?? ''}`);
    const properties = Properties.read(reader);
    const { type, options } = found.format;
    const format = readFormatOptions(type, properties, options);
    const comment = properties.text('COMMENT') ?? found.comment;
    properties.refuseRest(`FILE FORMAT ${type}`);
    return { format, comment };
  }
};

const shown = (value: FormatValue): string =>
  Array.isArray(value) ? `[${value.join(', ')}]` : escaped(String(value));

const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');

const PROPERTY_TYPES = {
  text: 'String',
  flag: 'Boolean',
  integer: 'Integer',
  texts: 'List',
} as const;

/** The options of a format as DESCRIBE lists them: name, type, value, default. */
export function describedOptions(
  format: FileFormat,
): (readonly [string, string, string, string])[] {
  const options = Object.entries(FORMAT_OPTIONS[format.type]);
  return [
    ['TYPE', 'String', format.type, 'CSV'],
    ...options.map(
      ([name, { kind, value }]) =>
        [name, PROPERTY_TYPES[kind], shown(optionOf(format, name)), shown(value)] as const,
    ),
  ];
}

const COLUMNS = ['property', 'property_type', 'property_value', 'property_default'].map(textColumn);

/** https://docs.snowflake.com/en/sql-reference/sql/desc-file-format */
export const describeFileFormat: Handler = async (session, statement) => {
  const { reader } = statement;
  if (!reader.accept('DESC')) reader.expect('DESCRIBE');
  reader.expect('FILE', 'FORMAT');
  const parts = reader.name();
  reader.expectEnd();
  const found = session.find('FILE FORMAT', session.requireName(parts, 'DESCRIBE FILE FORMAT'));
  if (!found) throw missingObject(session, 'File format', parts);
  const rows = describedOptions(found.format);
  return answerRows(session, statement, STATEMENT_TYPE.describe, COLUMNS, rows);
};
