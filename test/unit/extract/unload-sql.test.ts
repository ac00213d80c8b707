import { describe, expect, it } from 'vitest';
import { unloadedColumns, unloadStatements } from '#src/extract/unload-sql.ts';
import { sourceColumn } from '#test/helpers/extract-fixtures.ts';

const source = [
  sourceColumn('ID', 'NUMBER', { precision: 9 }),
  sourceColumn('At', 'TIMESTAMP_TZ'),
  sourceColumn('V', 'VARIANT'),
];
const options = {
  location: "s3://lake/bronze/o'rders/part",
  integration: 'LAKE',
  maxFileBytes: 1234.5,
  extractedAt: '2024-05-01T12:00:01.500Z',
  sourceSystem: 'shop',
};
const fetched = [
  { name: 'ID', type: 'NUMBER(9,0)', nullable: true, parquetType: 'BIGINT' },
  { name: 'At', type: 'TIMESTAMP_TZ(9)', nullable: true, parquetType: 'TIMESTAMP_NS' },
  { name: 'At__offset_minutes', type: 'NUMBER(4,0)', nullable: true, parquetType: 'INTEGER' },
  { name: 'V', type: 'VARIANT', nullable: true, parquetType: 'VARCHAR' },
  {
    name: 'extraction_timestamp',
    type: 'TIMESTAMP_NTZ(6)',
    nullable: false,
    parquetType: 'TIMESTAMP',
  },
  { name: 'source_system', type: 'VARCHAR', nullable: false, parquetType: 'VARCHAR' },
];
const columns = unloadedColumns(source, fetched, options);
const reading = {
  query: { table: "orders AT(TIMESTAMP => '2024-05-01')" },
  window: null,
  watermarkColumn: null,
  takesNulls: false,
  columns: source,
};

describe('an unload in SQL', () => {
  it('sets the types of files, writes them with every digit, and sums up the same rows', () => {
    const [types, copy, profile] = unloadStatements(reading as never, columns, options);

    expect(types).toBe('ALTER SESSION SET ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION = FALSE');
    expect(copy?.split('\n')).toEqual([
      "COPY INTO 's3://lake/bronze/o''rders/part'",
      'FROM (SELECT "ID" AS "ID",',
      '  DATE_PART(EPOCH_NANOSECOND, "At")::NUMBER(19,0) AS "At",',
      `  DATEDIFF(MINUTE, CONVERT_TIMEZONE('UTC', "At")::TIMESTAMP_NTZ, "At"::TIMESTAMP_NTZ)::NUMBER(4,0) AS "At__offset_minutes",`,
      '  TO_JSON("V") AS "V",',
      '  1714564801500000::NUMBER(18,0) AS "extraction_timestamp",',
      `  'shop'::VARCHAR AS "source_system"`,
      'FROM (SELECT "ID" AS "ID", "At" AS "At", "V" AS "V"',
      "FROM orders AT(TIMESTAMP => '2024-05-01')) AS window_rows)",
      'STORAGE_INTEGRATION = LAKE',
      'FILE_FORMAT = (TYPE = PARQUET COMPRESSION = SNAPPY)',
      'HEADER = TRUE OVERWRITE = TRUE DETAILED_OUTPUT = TRUE MAX_FILE_SIZE = 1235',
    ]);
    expect(profile).toContain("FROM orders AT(TIMESTAMP => '2024-05-01')) AS window_rows");
    expect(profile).toContain('MD5_NUMBER_UPPER64');
  });

  it('tells the type in the files and the type to read it as', () => {
    const told = columns.map(({ name, parquetType, readAs }) => [name, parquetType, readAs]);

    expect(told).toEqual([
      ['ID', 'DECIMAL(9,0)', 'BIGINT'],
      ['At', 'DECIMAL(19,0)', 'TIMESTAMP_NS'],
      ['At__offset_minutes', 'DECIMAL(4,0)', 'INTEGER'],
      ['V', 'VARCHAR', undefined],
      ['extraction_timestamp', 'DECIMAL(18,0)', 'TIMESTAMP'],
      ['source_system', 'VARCHAR', undefined],
    ]);
  });
});
