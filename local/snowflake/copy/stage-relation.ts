import { createHash } from 'node:crypto';
import { quote, quoteText } from '../catalog/names.ts';
import type { ScopeColumn } from '../sql/scope.ts';
import { INTEGER, TEXT, TIMESTAMP_LTZ, TIMESTAMP_NTZ, VARIANT } from '../sql/types/names.ts';
import type { StagedFile } from '../stage/stage-store.ts';
import type { FormatType } from './file-format.ts';

const column = (name: string, type: ScopeColumn['type']): ScopeColumn => ({
  name,
  type,
  nullable: true,
});

/** https://docs.snowflake.com/en/user-guide/querying-metadata */
const METADATA: readonly ScopeColumn[] = [
  column('METADATA$FILENAME', TEXT),
  column('METADATA$FILE_ROW_NUMBER', INTEGER),
  column('METADATA$FILE_CONTENT_KEY', TEXT),
  column('METADATA$FILE_LAST_MODIFIED', TIMESTAMP_NTZ),
  column('METADATA$START_SCAN_TIME', TIMESTAMP_LTZ),
];

/** Columns of staged files: `$1` to `$width`, texts of CSV and VARIANT otherwise; then the metadata. */
export function stageColumns(type: FormatType, width: number): ScopeColumn[] {
  const cell = type === 'CSV' ? TEXT : VARIANT;
  const cells = Array.from({ length: width }, (_, at) => column(`$${at + 1}`, cell));
  return [...cells, ...METADATA];
}

const instant = (at: Date): string => `make_timestamp_ns(${BigInt(at.getTime()) * 1_000_000n})`;

export interface RelationOf {
  readonly type: FormatType;
  readonly width: number;
  readonly file: StagedFile;
  /** What METADATA$FILENAME says. */
  readonly fileName: string;
  readonly now: Date;
}

/** DuckDB query over a staged table that gives `stageColumns`, and the columns of the staging. */
export function relationSql(
  staged: string,
  { type, width, file, fileName, now }: RelationOf,
): string {
  const cells = Array.from({ length: width }, (_, at) => {
    const name = quote(`$${at + 1}`);
    return type === 'CSV' ? name : `CAST(${name} AS JSON) AS ${name}`;
  });
  const key = createHash('md5').update(file.contentKey).digest('hex');
  const metadata = [
    `${quoteText(fileName)} AS "METADATA$FILENAME"`,
    'CAST(_sf_row AS DECIMAL(38,0)) AS "METADATA$FILE_ROW_NUMBER"',
    `${quoteText(key)} AS "METADATA$FILE_CONTENT_KEY"`,
    `${instant(file.modifiedAt)} AS "METADATA$FILE_LAST_MODIFIED"`,
    `${instant(now)} AS "METADATA$START_SCAN_TIME"`,
  ];
  const own = ['_sf_row', '_sf_line', '_sf_error'];
  return `SELECT ${[...cells, ...metadata, ...own].join(', ')} FROM ${staged}`;
}
