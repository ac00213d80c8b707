import { POINT_KINDS, type PointText, type Travel } from '../../sql/syntax/travels.ts';
import { TokenReader } from './token-reader.ts';

/** `AT | BEFORE ( kind => expression )` of CREATE … CLONE and CREATE STREAM; null when none follows. */
export function readTravelPoint(reader: TokenReader): Travel['from'] | null {
  const mode = reader.acceptOne('AT', 'BEFORE') as Travel['from']['mode'] | undefined;
  if (!mode) return null;
  const inner = new TokenReader(reader.bracketText());
  const kind = inner.acceptOne(...POINT_KINDS) as PointText['kind'] | undefined;
  if (!kind) throw inner.error();
  inner.expectSymbol('=>');
  return { mode, point: { kind, text: inner.rest() } };
}
