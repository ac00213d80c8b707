import { TerminalError } from '../errors.ts';
import { profileSql, type RowProfile, readProfile } from '../model/row-profile.ts';
import type { Warehouse } from '../ports/warehouse.ts';
import { requestIdFor } from './bronze-keys.ts';
import type { WindowReading } from './read-window.ts';
import { sourceProfile } from './source-profile.ts';
import { relationOf } from './unload-sql.ts';

export interface Verification {
  readonly warehouse: Warehouse;
  readonly reading: WindowReading;
  readonly runId: string;
  /** Of the rows in the files. */
  readonly profile: RowProfile;
}

/** Count, checksum and statistics of a window, by the source itself. */
export async function profileSource(
  warehouse: Warehouse,
  reading: WindowReading,
  runId: string,
): Promise<RowProfile> {
  const sql = profileSql(relationOf(reading), reading.columns, sourceProfile);
  const queryId = await warehouse.submitAll([sql], requestIdFor(runId, sql));
  const answers = await warehouse.pollAll(queryId, Number.POSITIVE_INFINITY);
  return readProfile(reading.columns, answers?.[0]?.rows[0] ?? []);
}

/**
 * Compares the checksum of the files with the source's own.
 *
 * @throws TerminalError RECONCILE_MISMATCH when they differ
 */
export async function verifyChecksum(verification: Verification): Promise<void> {
  const { warehouse, reading, runId, profile } = verification;
  const source = await profileSource(warehouse, reading, runId);
  if (source.checksum === profile.checksum) return;
  const details = { runId, checksum: profile.checksum, sourceChecksum: source.checksum };
  throw new TerminalError(
    `Cannot commit run ${runId}: the files hold ${profile.rows} rows with another checksum than ` +
      `the ${source.rows} rows at the source. Extract again; a query by sql whose rows change ` +
      'meanwhile needs settle_seconds, or verify: count.',
    { code: 'RECONCILE_MISMATCH', details },
  );
}
