/** DuckDB expressions between an instant (UTC) and a wall clock; in UTC they are the same. */

function isUtc(timezone: string): boolean {
  return /^(UTC|GMT|Etc\/UTC|Z)$/i.test(timezone);
}

function literal(timezone: string): string {
  return `'${timezone.replaceAll("'", "''")}'`;
}

export function toWall(utc: string, timezone: string): string {
  return isUtc(timezone) ? utc : `sf_to_wall(${utc}, ${literal(timezone)})`;
}

export function toUtc(wall: string, timezone: string): string {
  return isUtc(timezone) ? wall : `sf_to_utc(${wall}, ${literal(timezone)})`;
}

/** Minutes east of UTC at an instant. */
export function offsetAt(utc: string, timezone: string): string {
  return isUtc(timezone) ? '0' : `sf_zone_offset(${utc}, ${literal(timezone)})`;
}

/** Minutes east of UTC at a wall clock. */
export function offsetOfWall(wall: string, timezone: string): string {
  return isUtc(timezone) ? '0' : `sf_wall_offset(${wall}, ${literal(timezone)})`;
}

/** A wall clock as TIMESTAMP_TZ. */
export function wallToTz(wall: string, timezone: string): string {
  return `sf_tz(${toUtc(wall, timezone)}, ${offsetOfWall(wall, timezone)})`;
}

/** An instant as TIMESTAMP_TZ with the zone's offset. */
export function utcToTz(utc: string, timezone: string): string {
  return `sf_tz(${utc}, ${offsetAt(utc, timezone)})`;
}
