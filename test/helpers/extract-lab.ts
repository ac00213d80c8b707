import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineOptions } from '#local/snowflake/engine.ts';
import { dynamoWatermarkStore } from '#src/adapters/aws/dynamo-watermark-store.ts';
import { glueBronzeCatalog } from '#src/adapters/aws/glue-bronze-catalog.ts';
import { s3ObjectStore } from '#src/adapters/aws/s3-object-store.ts';
import { s3PipelineStore } from '#src/adapters/aws/s3-pipeline-store.ts';
import { duckdbFileWriter } from '#src/adapters/duckdb/duckdb-file-writer.ts';
import { snowflakeWarehouse } from '#src/adapters/snowflake/snowflake-warehouse.ts';
import { commitWindow } from '#src/extract/commit-window.ts';
import type { ExtractDeps } from '#src/extract/extract-deps.ts';
import { extractPart } from '#src/extract/extract-part.ts';
import { planExtraction } from '#src/extract/plan-extraction.ts';
import { systemClock } from '#src/ports/clock.ts';
import type { QueryId } from '#src/ports/watermark-store.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { connectionTo, loginOf, openSource, startSource } from './extract-source.ts';
import { makeResources, NAMES, publish, queryCommitted } from './extract-stage.ts';
import type { TestStandIn } from './snowflake-client.ts';

/** The stage's dependencies as the function has them, over the stand-in and the emulator. */
function realDeps({ clients }: Emulator, standIn: TestStandIn): ExtractDeps {
  const { s3, dynamo, glue } = clients;
  const credentials = { read: async () => loginOf(standIn), forget: () => undefined };
  const scratchDirectory = mkdtempSync(join(tmpdir(), 'extract-lab-'));
  const files = duckdbFileWriter({ temporaryDirectory: scratchDirectory, memoryLimitMb: 512 });
  return {
    openWarehouse: (connection) => snowflakeWarehouse({ connection, credentials }),
    lake: s3ObjectStore({ bucket: NAMES.lake, client: s3 }),
    pipelines: s3PipelineStore(s3ObjectStore({ bucket: NAMES.artifacts, client: s3 })),
    watermarks: dynamoWatermarkStore({ table: NAMES.table, client: dynamo }),
    catalog: glueBronzeCatalog({ database: NAMES.database, lakeBucket: NAMES.lake, client: glue }),
    files,
    keys: files,
    clock: systemClock,
    executions: { hasEnded: async () => false },
    leaseSeconds: 60,
    remainingMs: () => Number.POSITIVE_INFINITY,
    scratchDirectory,
    versions: {},
  };
}

/**
 * A real source and real stores, and the stage in this process: what it decides, the source must
 * understand.
 */
export async function openExtractLab(name: string, engine: Partial<EngineOptions> = {}) {
  const [emulator, standIn] = await Promise.all([startEmulator(name), startSource(engine)]);
  await makeResources(emulator, loginOf(standIn));
  const deps = realDeps(emulator, standIn);
  let runs = 0;

  /** A pipeline with one query, and what the state machine does with it. */
  async function openQuery(query: string, options: Record<string, unknown>) {
    const id = { pipeline: `p_${query}`, query };
    await publish(emulator, {
      name: id.pipeline,
      snowflake: connectionTo(standIn),
      extract: { source_system: 'shop', queries: [{ name: query, key: ['id'], ...options }] },
    });
    const plan = (more: object = {}) => {
      const runId = `run-${++runs}`;
      const interval = { id: runId, group: 'default', queries: [query] };
      return planExtraction(deps, { step: 'plan', runId, ...id, interval, ...more });
    };
    const extract = async (more: object = {}) => {
      const planned = await plan(more);
      for (const part of planned.parts) {
        await extractPart(deps, { ...planned, step: 'part', part });
      }
      return commitWindow(deps, { ...planned, step: 'commit' });
    };
    const committed = (sql: string) => queryCommitted(emulator, id, sql);
    const ids = async () => {
      const rows = await committed('select "ID"::int as id from bronze order by 1');
      return rows.map((row) => row.id);
    };
    return { id, plan, extract, committed, ids };
  }

  /** Ends the lease of a run that died. */
  const abandonRun = async (id: QueryId) => {
    const { lease } = await deps.watermarks.read(id);
    if (lease !== null) await deps.watermarks.releaseLease(id, lease.holder);
  };

  const remove = async () => {
    await Promise.all([emulator.remove(), standIn.dispose()]);
  };
  return { emulator, standIn, source: openSource(standIn), deps, openQuery, abandonRun, remove };
}

export type ExtractLab = Awaited<ReturnType<typeof openExtractLab>>;
