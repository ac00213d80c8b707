import type { ExtractQuery } from '../model/pipeline.ts';
import { planParts } from './plan-files.ts';
import { restoreTypes } from './project-column.ts';
import type { PartResult, PlanDocument, Split, StatementDocument } from './run-documents.ts';
import type { CountedResult } from './run-query.ts';

const BYTES_PER_MB = 1024 * 1024;

export const maxFileBytes = (query: ExtractQuery): number => query.max_file_mb * BYTES_PER_MB;

/** What the plan knows of the rows: of a result that is there, or of ranges that are to be read. */
export type Found = Pick<
  PlanDocument,
  'queryId' | 'sourceColumns' | 'partitions' | 'parts' | 'rows' | 'sourceRows'
>;

export const foundResult = (
  query: ExtractQuery,
  { reading }: StatementDocument,
  { result, sourceRows }: CountedResult,
): Found => ({
  queryId: result.queryId,
  sourceColumns: restoreTypes(result.columns, reading.columns),
  partitions: [...result.partitions],
  parts: [...planParts(result.partitions, maxFileBytes(query))],
  rows: result.rows,
  sourceRows,
});

export const foundRanges = ({ reading }: StatementDocument, { ranges, rows }: Split): Found => ({
  queryId: null,
  sourceColumns: [...reading.columns],
  partitions: [],
  parts: ranges.map((range, part) => {
    return { part, range, fromPartition: 0, toPartition: 0, firstFile: 0, rows: 0 };
  }),
  rows,
  sourceRows: rows,
});

export const foundUnload = (
  { reading }: StatementDocument,
  queryId: string,
  part: PartResult,
): Found => ({
  queryId,
  sourceColumns: [...reading.columns],
  partitions: [],
  parts: [{ part: 0, fromPartition: 0, toPartition: 0, firstFile: 0, rows: part.rows }],
  rows: part.rows,
  sourceRows: part.profile.rows,
});
