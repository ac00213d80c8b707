/**
 * DuckDB macros under the conversions and the date functions. Every internal name starts with
 * `_sf_`: macros are not hygienic, and a caller's table alias would capture a plainer one.
 */

const STAMP = String.raw`^\s*(\d{4}-\d{1,2}-\d{1,2})(?:(?:T|\s+)(\d{1,2}(?::\d{1,2}(?::\d{1,2}(?:\.\d{0,9})?)?)?)\d*)?\s*(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?\s*$`;
const STRUCT = 'STRUCT("utc" TIMESTAMP_NS, "offset" SMALLINT)';
const NANOS_PER_MINUTE = '60000000000';

/** An error the engine turns into a SnowflakeError: `SF|code|sqlState|message`. */
export function raise(code: string, sqlState: string, message: string): string {
  return `error('SF|${code}|${sqlState}|' || ${message})`;
}

function orRaise(name: string, attempt: string, code: string, state: string, what: string): string {
  const message = `'${what} ''' || _sf_s || ''' is not recognized'`;
  return `${name}(_sf_s) AS CASE WHEN _sf_s IS NULL THEN NULL
    WHEN ${attempt}(_sf_s) IS NULL THEN ${raise(code, state, message)} ELSE ${attempt}(_sf_s) END`;
}

const TEXT_TO_TIME: readonly string[] = [
  `sf_stamp(_sf_s) AS regexp_extract(
    regexp_replace(regexp_replace(_sf_s, '^\\s*(\\d{1,2})/(\\d{1,2})/(\\d{4})', '\\3-\\1-\\2'), '^\\s+', ''),
    '${STAMP}', ['d', 't', 'z'])`,
  `sf_epoch_unit(_sf_n) AS CASE WHEN abs(_sf_n) < 31536000000 THEN 1000000000
    WHEN abs(_sf_n) < 31536000000000 THEN 1000000 WHEN abs(_sf_n) < 31536000000000000 THEN 1000 ELSE 1 END`,
  `sf_epoch_text(_sf_s) AS make_timestamp_ns(
    CAST(TRY_CAST(_sf_s AS HUGEINT) * sf_epoch_unit(TRY_CAST(_sf_s AS HUGEINT)) AS BIGINT))`,
  `sf_clock(_sf_t) AS CASE WHEN _sf_t = '' THEN '00:00:00' WHEN NOT contains(_sf_t, ':') THEN _sf_t || ':00:00'
    WHEN NOT regexp_matches(_sf_t, ':.*:') THEN _sf_t || ':00' ELSE _sf_t END`,
  `sf_zone_minutes(_sf_z) AS CASE WHEN _sf_z = '' THEN NULL WHEN upper(_sf_z) IN ('Z', 'UTC') THEN 0
    ELSE (CASE WHEN _sf_z LIKE '-%' THEN -1 ELSE 1 END)
      * (CAST(regexp_extract(_sf_z, '^[+-](\\d{1,2})', 1) AS INTEGER) * 60
        + COALESCE(TRY_CAST(regexp_extract(_sf_z, '^[+-]\\d{1,2}:?(\\d{2})$', 1) AS INTEGER), 0)) END`,
  `sf_try_wall(_sf_s) AS CASE WHEN regexp_full_match(_sf_s, '\\s*-?\\d+\\s*') THEN sf_epoch_text(_sf_s)
    ELSE TRY_CAST(sf_stamp(_sf_s)."d" || ' ' || sf_clock(sf_stamp(_sf_s)."t") AS TIMESTAMP_NS) END`,
  orRaise('sf_wall', 'sf_try_wall', '100035', '22007', 'Timestamp'),
  `sf_text_offset(_sf_s) AS sf_zone_minutes(sf_stamp(_sf_s)."z")`,
  `sf_try_date(_sf_s) AS CASE WHEN regexp_full_match(_sf_s, '\\s*\\d{4}-\\d{1,2}-\\d{1,2}\\s*') THEN TRY_CAST(_sf_s AS DATE)
    WHEN regexp_full_match(_sf_s, '\\d{1,2}-[A-Za-z]{3}-\\d{4}') THEN CAST(try_strptime(_sf_s, '%d-%b-%Y') AS DATE)
    ELSE CAST(sf_try_wall(_sf_s) AS DATE) END`,
  orRaise('sf_date', 'sf_try_date', '100040', '22007', 'Date'),
  `sf_try_time(_sf_s) AS TRY_CAST(sf_clock(nullif(trim(_sf_s), '')) AS TIME_NS)`,
  orRaise('sf_time', 'sf_try_time', '100108', '22007', 'Time'),
];

const ZONES: readonly string[] = [
  `sf_shift(_sf_ts, _sf_minutes) AS make_timestamp_ns(epoch_ns(_sf_ts) + CAST(_sf_minutes AS BIGINT) * ${NANOS_PER_MINUTE})`,
  `sf_zone_offset(_sf_utc, _sf_tz) AS CAST((epoch_us(timezone(_sf_tz, make_timestamptz(epoch_us(_sf_utc)))) - epoch_us(_sf_utc)) // 60000000 AS SMALLINT)`,
  `sf_wall_offset(_sf_wall, _sf_tz) AS CAST((epoch_us(_sf_wall) - epoch_us(timezone(_sf_tz, CAST(_sf_wall AS TIMESTAMP)))) // 60000000 AS SMALLINT)`,
  `sf_to_wall(_sf_utc, _sf_tz) AS sf_shift(_sf_utc, sf_zone_offset(_sf_utc, _sf_tz))`,
  `sf_to_utc(_sf_wall, _sf_tz) AS sf_shift(_sf_wall, -sf_wall_offset(_sf_wall, _sf_tz))`,
  `sf_tz(_sf_utc, _sf_minutes) AS CASE WHEN _sf_utc IS NULL THEN NULL
    ELSE CAST(row(_sf_utc, _sf_minutes) AS ${STRUCT}) END`,
  `sf_tz_wall(_sf_x) AS sf_shift(_sf_x."utc", _sf_x."offset")`,
  `sf_cut(_sf_ts, _sf_unit) AS make_timestamp_ns(epoch_ns(_sf_ts) - ((epoch_ns(_sf_ts) % _sf_unit + _sf_unit) % _sf_unit))`,
  `sf_cut_time(_sf_t, _sf_unit) AS CAST(make_timestamp_ns(epoch_ns(_sf_t) - epoch_ns(_sf_t) % _sf_unit) AS TIME_NS)`,
];

const CALENDAR: readonly string[] = [
  `sf_date_stamp(_sf_d) AS CASE WHEN _sf_d > DATE '2262-04-10' THEN TIMESTAMP_NS '2262-04-11 23:47:16.854775806'
    WHEN _sf_d < DATE '1677-09-22' THEN TIMESTAMP_NS '1677-09-22 00:00:00' ELSE CAST(_sf_d AS TIMESTAMP_NS) END`,
  `sf_day(_sf_ts) AS CAST(CAST(_sf_ts AS DATE) AS TIMESTAMP_NS)`,
  `sf_add_months(_sf_ts, _sf_n) AS make_timestamp_ns(epoch_ns(_sf_ts) - epoch_ns(sf_day(_sf_ts))
    + epoch_ns(CAST(CAST(_sf_ts AS DATE) + to_months(CAST(_sf_n AS INTEGER)) AS TIMESTAMP_NS)))`,
];

const SCALARS: readonly string[] = [
  `sf_float_text(_sf_x) AS CASE WHEN _sf_x = trunc(_sf_x) AND abs(_sf_x) < 1e15 THEN CAST(CAST(_sf_x AS BIGINT) AS VARCHAR)
    WHEN isnan(_sf_x) THEN 'NaN' WHEN isinf(_sf_x) THEN CASE WHEN _sf_x > 0 THEN 'inf' ELSE '-inf' END
    ELSE CAST(_sf_x AS VARCHAR) END`,
  `sf_number_json(_sf_x) AS CAST(CASE WHEN contains(CAST(_sf_x AS VARCHAR), '.')
    THEN rtrim(rtrim(CAST(_sf_x AS VARCHAR), '0'), '.') ELSE CAST(_sf_x AS VARCHAR) END AS JSON)`,
  `sf_try_boolean(_sf_s) AS CASE WHEN lower(trim(_sf_s)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE
    WHEN lower(trim(_sf_s)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE END`,
  orRaise('sf_boolean', 'sf_try_boolean', '100037', '22018', 'Boolean value'),
  `sf_fit(_sf_s, _sf_n) AS CASE WHEN length(_sf_s) > _sf_n
    THEN ${raise('100078', '22000', `'String ''' || left(_sf_s, 100) || ''' is too long and would be truncated'`)} ELSE _sf_s END`,
  `sf_div(_sf_n, _sf_d, _sf_k) AS CASE WHEN _sf_d = 0 THEN ${raise('100051', '22012', `'Division by zero'`)}
    ELSE (CAST(_sf_n AS HUGEINT) // CAST(_sf_d AS HUGEINT)) * CAST(_sf_k AS HUGEINT)
      + sf_round_div((CAST(_sf_n AS HUGEINT) % CAST(_sf_d AS HUGEINT)) * CAST(_sf_k AS HUGEINT), CAST(_sf_d AS HUGEINT)) END`,
  `sf_float_div(_sf_n, _sf_d) AS CASE WHEN _sf_d = 0 THEN ${raise('100051', '22012', `'Division by zero'`)}
    ELSE _sf_n / _sf_d END`,
];

/** Statements that make the macros, lower ones first. */
export const TYPE_MACROS: readonly string[] = [
  `sf_round_div(_sf_n, _sf_d) AS _sf_n // _sf_d + CASE WHEN 2 * abs(_sf_n % _sf_d) >= abs(_sf_d)
    THEN CASE WHEN (_sf_n < 0) = (_sf_d < 0) THEN 1 ELSE -1 END ELSE 0 END`,
  ...TEXT_TO_TIME,
  ...ZONES,
  ...CALENDAR,
  ...SCALARS,
];
