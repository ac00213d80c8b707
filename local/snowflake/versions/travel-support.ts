import type { StatementSupport } from '../session/statement-support.ts';
import { POINT_KINDS } from '../sql/syntax/travels.ts';

/** What may stand behind a table in FROM, and what of it is refused by name. */
export function travelSupport(): StatementSupport[] {
  const points = POINT_KINDS.map((kind) =>
    kind === 'STREAM'
      ? { feature: 'AT (STREAM => …)', isSupported: true, note: 'with CHANGES and CREATE STREAM' }
      : { feature: `AT | BEFORE (${kind} => …)`, isSupported: true },
  );
  const note = 'refused with 000002';
  return [
    ...points,
    { feature: 'CHANGES (INFORMATION => DEFAULT | APPEND_ONLY) … END', isSupported: true },
    {
      feature: 'DATA_RETENTION_TIME_IN_DAYS',
      isSupported: true,
      note: 'at most two million old rows of a table are kept, and as many of dropped tables',
    },
    { feature: 'AT | BEFORE of a view, or in a view', isSupported: false, note },
    { feature: 'AT | BEFORE of a temporary table', isSupported: false, note },
  ];
}
