import type { WarehouseObject } from '../../catalog/model.ts';
import { unsupported } from '../../sql/errors.ts';
import type { Handler } from '../answer.ts';
import { alreadyExists, changeCatalog, newObject } from '../change-catalog.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { missing } from '../session-state.ts';

type WarehouseOptions = Pick<
  WarehouseObject,
  'size' | 'autoSuspendSeconds' | 'autoResume' | 'isSuspended' | 'comment'
>;

const DEFAULT_WAREHOUSE: WarehouseOptions = {
  size: 'X-Small',
  autoSuspendSeconds: 600,
  autoResume: true,
  isSuspended: false,
  comment: null,
};

/** https://docs.snowflake.com/en/sql-reference/sql/create-warehouse: the names of a size. */
const SIZES: Readonly<Record<string, string>> = {
  XSMALL: 'X-Small',
  SMALL: 'Small',
  MEDIUM: 'Medium',
  LARGE: 'Large',
  XLARGE: 'X-Large',
  XXLARGE: '2X-Large',
  X2LARGE: '2X-Large',
};

/** Options that would change cost or concurrency only, which a stand-in has none of. */
const WITHOUT_EFFECT = [
  'WAREHOUSE_TYPE',
  'MIN_CLUSTER_COUNT',
  'MAX_CLUSTER_COUNT',
  'SCALING_POLICY',
  'ENABLE_QUERY_ACCELERATION',
  'QUERY_ACCELERATION_MAX_SCALE_FACTOR',
  'MAX_CONCURRENCY_LEVEL',
  'STATEMENT_QUEUED_TIMEOUT_IN_SECONDS',
  'STATEMENT_TIMEOUT_IN_SECONDS',
];

function readSize(reader: TokenReader): string {
  const value = reader.optionValue();
  const size = SIZES[value.toUpperCase().replaceAll('-', '')];
  if (!size) throw unsupported(`WAREHOUSE_SIZE = ${value}`);
  return size;
}

function readWarehouseOptions(reader: TokenReader, from: WarehouseOptions): WarehouseOptions {
  let options = from;
  while (!reader.isAtEnd) {
    if (reader.accept('WAREHOUSE_SIZE')) options = { ...options, size: readSize(reader) };
    else if (reader.accept('AUTO_SUSPEND')) {
      const text = reader.optionValue();
      options = { ...options, autoSuspendSeconds: /^null$/i.test(text) ? null : Number(text) };
    } else if (reader.accept('AUTO_RESUME'))
      options = { ...options, autoResume: reader.optionFlag() };
    else if (reader.accept('INITIALLY_SUSPENDED')) {
      options = { ...options, isSuspended: reader.optionFlag() };
    } else if (reader.accept('COMMENT')) options = { ...options, comment: reader.optionValue() };
    else if (reader.acceptOne(...WITHOUT_EFFECT)) reader.optionValue();
    else throw unsupported(`warehouse option ${reader.peek()?.text ?? ''}`);
    reader.acceptSymbol(',');
  }
  return options;
}

function readCreate(reader: TokenReader, kind: 'WAREHOUSE' | 'ROLE') {
  reader.expect('CREATE');
  const orReplace = reader.accept('OR', 'REPLACE');
  reader.expect(kind);
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  const name = reader.identifier();
  return { orReplace, ifNotExists, key: { database: null, schema: null, name } };
}

export const createWarehouse: Handler = (session, statement) => {
  const { reader } = statement;
  const { orReplace, ifNotExists, key } = readCreate(reader, 'WAREHOUSE');
  reader.accept('WITH');
  const options = readWarehouseOptions(reader, DEFAULT_WAREHOUSE);
  return changeCatalog(session, statement, async () => {
    const found = session.engine.catalog.find('WAREHOUSE', key);
    if (found && ifNotExists)
      return { message: `${key.name} already exists, statement succeeded.` };
    if (found && !orReplace) throw alreadyExists(key);
    const put = { kind: 'WAREHOUSE' as const, ...newObject(session, statement, key), ...options };
    const message = `Warehouse ${key.name} successfully created.`;
    const onCommitted = () => {
      session.context.warehouse = key.name;
    };
    return { put: [put], remove: found ? [found] : [], message, onCommitted };
  });
};

export const alterWarehouse: Handler = (session, statement) => {
  const { reader } = statement;
  reader.expect('ALTER', 'WAREHOUSE');
  const ifExists = reader.accept('IF', 'EXISTS');
  const name =
    reader.sees('SUSPEND') || reader.sees('RESUME')
      ? session.context.warehouse
      : reader.identifier();
  return changeCatalog(session, statement, async () => {
    const key = { database: null, schema: null, name: name ?? '' };
    const found = session.engine.catalog.find('WAREHOUSE', key);
    const message = 'Statement executed successfully.';
    if (!found && ifExists) return { message };
    if (!found) throw missing('Warehouse', key.name);
    return { put: [{ ...readAlteration(reader, found), alteredAt: statement.now }], message };
  });
};

function readAlteration(reader: TokenReader, found: WarehouseObject): WarehouseObject {
  if (reader.accept('SUSPEND')) return { ...found, isSuspended: true };
  if (reader.accept('RESUME')) {
    reader.accept('IF', 'SUSPENDED');
    return { ...found, isSuspended: false };
  }
  if (reader.accept('SET')) return { ...found, ...readWarehouseOptions(reader, found) };
  throw unsupported(`ALTER WAREHOUSE ${reader.peek()?.text ?? ''}`);
}

export const createRole: Handler = (session, statement) => {
  const { reader } = statement;
  const { orReplace, ifNotExists, key } = readCreate(reader, 'ROLE');
  const comment = reader.accept('COMMENT') ? reader.optionValue() : null;
  reader.expectEnd();
  return changeCatalog(session, statement, async () => {
    const found = session.engine.catalog.find('ROLE', key);
    if (found && ifNotExists)
      return { message: `${key.name} already exists, statement succeeded.` };
    if (found && !orReplace) throw alreadyExists(key);
    const put = { kind: 'ROLE' as const, ...newObject(session, statement, key), comment };
    const message = `Role ${key.name} successfully created.`;
    return { put: [put], remove: found ? [found] : [], message };
  });
};
