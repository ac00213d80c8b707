import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { CatalogTable } from '#src/discover/catalog-table.ts';
import { expandTables } from '#src/discover/expand-tables.ts';
import { TerminalError } from '#src/errors.ts';
import {
  ExtractQuery,
  type GoldModel,
  PipelineDocument,
  PipelineFile,
} from '#src/model/pipeline.ts';

/** A pipeline as it is published: the document, and the key it has in the artifacts bucket. */
export interface LoadedPipeline {
  readonly document: PipelineDocument;
  readonly json: string;
  readonly key: string;
}

const invalid = (path: string, problems: readonly string[]): TerminalError =>
  new TerminalError(
    `Cannot read the pipeline ${path}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.\n${problems
      .map((problem) => `  ${problem}`)
      .join('\n')}\nCorrect the file; docs/pipeline.schema.json lets editors check it.`,
    { code: 'CONFIG_INVALID', details: { path, problems } },
  );

/** `line:column` of the nearest node that exists on the way to `path`. */
function position(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return `${line}:${col}`;
    }
  }
  return '1:1';
}

function describe(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? 'the file' : issue.path.map(String).join('.');
  return `${position(document, lines, issue.path)} ${where}: ${issue.message}`;
}

/** Gives every query the defaults for what it does not say itself. */
function withDefaults(raw: unknown): unknown {
  const file = raw as { extract?: { defaults?: object; queries?: unknown[] } } | null;
  const defaults = file?.extract?.defaults;
  if (typeof defaults !== 'object' || !Array.isArray(file?.extract?.queries)) return raw;
  const queries = file.extract.queries.map((query) => ({ ...defaults, ...(query as object) }));
  return { ...file, extract: { ...file.extract, queries } };
}

/** The file with queries in the place of its patterns; null: patterns stay what they are. */
function expand(file: PipelineFile, catalog: readonly CatalogTable[] | null): PipelineFile {
  const { tables, defaults, queries } = file.extract;
  if (tables.length === 0 || catalog === null) return file;
  const expanded = expandTables(tables, catalog, queries).map((query) =>
    ExtractQuery.parse({ ...defaults, ...query }),
  );
  return { ...file, extract: { ...file.extract, queries: [...queries, ...expanded] } };
}

function parseFile(
  path: string,
  text: string,
  catalog: readonly CatalogTable[] | null,
): PipelineFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(
      path,
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return `${line}:${col} ${error.message}`;
      }),
    );
  }
  const parsed = PipelineFile.safeParse(withDefaults(document.toJS()));
  if (!parsed.success) {
    throw invalid(
      path,
      parsed.error.issues.map((issue) => describe(document, lines, issue)),
    );
  }
  const file = expand(parsed.data, catalog);
  const problems = crossProblems(file, catalog === null && file.extract.tables.length > 0).map(
    ({ at, message }) => `${position(document, lines, at)} ${at.join('.')}: ${message}`,
  );
  if (problems.length > 0) throw invalid(path, problems);
  return file;
}

interface CrossProblem {
  readonly at: ReadonlyArray<string | number>;
  readonly message: string;
}

const NO_QUERIES: CrossProblem = {
  at: ['extract'],
  message: 'expected at least one query, or a pattern under tables',
};

function repeated(
  names: readonly string[],
  at: (index: number) => ReadonlyArray<string | number>,
): CrossProblem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [{ at: at(index), message: `the name ${name} is used twice` }]
      : [],
  );
}

/**
 * What the schema alone cannot see: names used twice, references to what does not exist, and settings that exclude each
 * other.
 */
function crossProblems(file: PipelineFile, isOpen: boolean): CrossProblem[] {
  const queries = file.extract.queries.map((query) => query.name);
  const silver = file.silver.map((table) => table.table);
  return [
    ...(queries.length === 0 && !isOpen ? [NO_QUERIES] : []),
    ...repeated(queries, (index) => ['extract', 'queries', index, 'name']),
    ...repeated(silver, (index) => ['silver', index, 'table']),
    ...repeated(
      file.checks.map((check) => check.name),
      (index) => ['checks', index, 'name'],
    ),
    ...file.silver.flatMap((table, index) =>
      isOpen || queries.includes(table.source)
        ? []
        : [
            {
              at: ['silver', index, 'source'],
              message: `expected the name of an extract query (${queries.join(', ')})`,
            },
          ],
    ),
    ...file.silver.flatMap((table, index) => missingKeyColumns(table, index)),
    ...file.silver.flatMap((table, index) => deduplicatedHistory(table, index)),
    ...file.checks.flatMap((check, index) =>
      check.layer === 'silver' && !silver.includes(check.table)
        ? [
            {
              at: ['checks', index, 'table'],
              message: `expected a silver table (${silver.join(', ')})`,
            },
          ]
        : [],
    ),
  ];
}

function missingKeyColumns(table: PipelineFile['silver'][number], index: number): CrossProblem[] {
  const columns = table.columns.map((column) => column.name);
  return table.key
    .filter((name) => !columns.includes(name))
    .map((name) => ({
      at: ['silver', index, 'key'],
      message: `${name} is not one of the table's columns`,
    }));
}

/** A history holds every version, so none of them gives way to another row. */
function deduplicatedHistory(table: PipelineFile['silver'][number], index: number): CrossProblem[] {
  if (table.history !== 'scd2' || table.deduplicate === undefined) return [];
  const message = 'a table with history scd2 cannot drop duplicates: take one of the two out';
  return [{ at: ['silver', index, 'deduplicate'], message }];
}

const headerLine = (sql: string, name: string): string | undefined =>
  new RegExp(`^\\s*${name}:\\s*(.+?)\\s*$`, 'm').exec(sql.split('*/')[0] ?? '')?.[1];

function readGoldModel(path: string): GoldModel {
  const sql = readFileSync(path, 'utf8');
  const grain = headerLine(sql, 'Grain');
  const key = headerLine(sql, 'Key');
  if (grain === undefined || key === undefined) {
    throw new TerminalError(
      `Cannot read the gold model ${path}: its header lacks ${grain === undefined ? 'Grain:' : 'Key:'}. ` +
        'Begin the file with a comment that has the lines "Grain: one row per …" and "Key: column, column".',
      { code: 'CONFIG_INVALID', details: { path } },
    );
  }
  return {
    table: basename(path, '.sql'),
    grain,
    key: key.split(',').map((name) => name.trim()),
    sql,
  };
}

function readGoldModels(folder: string): GoldModel[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => readGoldModel(join(folder, name)));
}

/**
 * Reads pipeline.yml and its gold models. Paths in the file are relative to it, symbolic links resolved.
 * Throws CONFIG_INVALID with every problem, each with line and column.
 *
 * @param catalog the source's tables, which patterns become queries from; absent: patterns stay what they are
 */
export function loadPipeline(
  path: string,
  catalog: readonly CatalogTable[] | null = null,
): LoadedPipeline {
  let real: string;
  let text: string;
  try {
    real = realpathSync(path);
    text = readFileSync(real, 'utf8');
  } catch (cause) {
    throw new TerminalError(
      `Cannot read the pipeline ${path}: ${(cause as Error).message}. Give the file with --pipeline FILE.`,
      { code: 'CONFIG_INVALID', cause },
    );
  }
  const { gold, ...file } = parseFile(path, text, catalog);
  const models = gold === undefined ? [] : readGoldModels(join(dirname(real), gold.models));
  const document = PipelineDocument.parse({ ...file, gold: models });
  const json = JSON.stringify(document, null, 2);
  const hash = createHash('sha256').update(json).digest('hex').slice(0, 16);
  return { document, json, key: `pipelines/${document.name}/${hash}.json` };
}
