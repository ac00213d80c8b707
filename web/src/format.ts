const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const DAY_MS = 86_400_000;

export const formatCount = (count: number): string => NUMBER.format(count);

/** `1.4 MB`: powers of 1,000, as AWS bills. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `640 ms`, `12.3 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min`;
  return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `11:05:21`, with the date when it is not the day of `now`. UTC, as everything here. */
export function formatTime(iso: string, now: string | number): string {
  const [date = '', rest = ''] = new Date(iso).toISOString().split('T');
  const clock = rest.slice(0, 8);
  return new Date(now).toISOString().startsWith(date) ? clock : `${date} ${clock}`;
}

/** `just now`, `3 min ago`, `2 d ago`. */
export function formatAge(iso: string, now: number): string {
  const age = Math.max(0, now - Date.parse(iso));
  if (age < 10_000) return 'just now';
  if (age < 60_000) return `${Math.floor(age / 1000)} s ago`;
  if (age < 3_600_000) return `${Math.floor(age / 60_000)} min ago`;
  return age < DAY_MS
    ? `${Math.floor(age / 3_600_000)} h ago`
    : `${Math.floor(age / DAY_MS)} d ago`;
}

/** A value of a sampled row as text; null is not the same as nothing. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

/** `missing_customer` and `BuildSilver` as words. */
export const toWords = (name: string): string =>
  name
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
