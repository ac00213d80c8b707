import { type CorpusCase, expression, row } from './corpus.ts';

const NEW_YORK = { TIMEZONE: 'America/New_York' };

/**
 * https://docs.snowflake.com/en/sql-reference/functions-date-time
 * https://docs.snowflake.com/en/sql-reference/date-time-input-output
 */
export const DATE_CASES: readonly CorpusCase[] = [
  expression("'2024-01-02 03:04:05.123456789'::timestamp_ntz(9)", '2024-01-02 03:04:05.123456789'),
  expression("'2024-01-02 03:04:05.123456789'::timestamp_ntz(3)", '2024-01-02 03:04:05.123'),
  expression("'2024-01-02T03:04:05.5Z'::timestamp_ntz", '2024-01-02 03:04:05.5'),
  expression("'2024-01-02 03:04:05 +02:00'::timestamp_ntz", '2024-01-02 03:04:05'),
  expression(
    "'2024-01-02 03:04:05.123456789 +02:00'::timestamp_tz",
    '2024-01-02 03:04:05.123456789 120',
  ),
  expression("'2024-01-02 03:04:05 +02:00'::timestamp_ltz", '2024-01-02 01:04:05'),
  expression(
    "'2024-01-02 03:04:05.123456789'::timestamp_ntz > '2024-01-02 03:04:05.123456788'",
    'true',
  ),
  expression(
    "'2024-01-02 03:00 +02:00'::timestamp_tz = '2024-01-02 01:00 +00:00'::timestamp_tz",
    'true',
  ),
  expression("'9999-12-31'::date > '2024-01-01'::timestamp_ntz", 'true'),
  row(
    "select year(d), datediff(year, '2024-01-01'::date, d), dateadd(day, -1, d), last_day(d) from (select '9999-12-31'::date d)",
    '9999',
    '7975',
    '9999-12-30',
    '9999-12-31',
  ),
  expression("'9999-12-31'::date", '9999-12-31'),
  expression("to_date('02/01/2024', 'DD/MM/YYYY')", '2024-01-02'),
  expression("try_to_date('2024-02-30')", null),
  expression('to_timestamp(1704164645)', '2024-01-02 03:04:05'),
  expression('to_timestamp(1704164645123, 3)', '2024-01-02 03:04:05.123'),
  expression("to_timestamp('1704164645123')", '2024-01-02 03:04:05.123'),
  expression(
    "to_timestamp_ntz('02-Jan-2024 03:04:05', 'DD-MON-YYYY HH24:MI:SS')",
    '2024-01-02 03:04:05',
  ),
  expression(
    "to_timestamp_ntz('2024-01-02 03:04:05.123', 'YYYY-MM-DD HH24:MI:SS.FF3')",
    '2024-01-02 03:04:05.123',
  ),
  expression(
    "to_timestamp_tz('2024-01-02 03:04:05 +0130', 'YYYY-MM-DD HH24:MI:SS TZHTZM')",
    '2024-01-02 03:04:05 90',
  ),
  expression("try_to_timestamp('2024-13-01')", null),
  expression("to_time('10:11:12.5')", '10:11:12.5'),
  expression("dateadd(year, 1, '2024-02-29'::date)", '2025-02-28'),
  expression("dateadd(month, 1, '2024-01-31'::date)", '2024-02-29'),
  expression("dateadd(hour, 2, '2024-01-01'::date)", '2024-01-01 02:00:00', 'TIMESTAMP_NTZ(9)'),
  expression(
    "dateadd(nanosecond, 5, '2024-01-01 00:00:00.000000001'::timestamp)",
    '2024-01-01 00:00:00.000000006',
  ),
  expression("dateadd('day', -1, '2024-01-01 10:00'::timestamp)", '2023-12-31 10:00:00'),
  expression("timestampadd(quarter, 1, '2024-01-31'::timestamp_ntz)", '2024-04-30 00:00:00'),
  expression("dateadd(minute, 90, '23:00:00'::time)", '00:30:00'),
  expression("datediff(day, '2024-01-01 23:59'::timestamp, '2024-01-02'::timestamp)", '1'),
  expression("datediff(month, '2024-01-31'::date, '2024-02-01'::date)", '1'),
  expression("datediff(year, '2023-12-31'::date, '2024-01-01'::date)", '1'),
  expression("datediff(week, '2024-01-07'::date, '2024-01-08'::date)", '1'),
  expression(
    "datediff(hour, '2024-01-01 00:59:59'::timestamp, '2024-01-01 01:00'::timestamp)",
    '1',
  ),
  expression("datediff(second, '2024-01-01'::timestamp, '2024-01-01 00:01:00'::timestamp)", '60'),
  expression("datediff(ms, '2024-01-01'::date, '2024-01-01 00:00:01.5'::timestamp)", '1500'),
  expression(
    "datediff(nanosecond, '2024-01-01'::timestamp, '2024-01-01 00:00:00.000000009'::timestamp)",
    '9',
  ),
  expression(
    "datediff(second, '1970-01-01 00:00:00.5'::timestamp, '1969-12-31 23:59:59.5'::timestamp)",
    '-1',
  ),
  expression(
    "date_trunc('month', '2024-05-15 10:11:12.123456789'::timestamp)",
    '2024-05-01 00:00:00',
  ),
  expression("date_trunc('week', '2024-05-15'::date)", '2024-05-13'),
  expression(
    "date_trunc('hour', '2024-05-15 10:11:12.123456789'::timestamp)",
    '2024-05-15 10:00:00',
  ),
  expression(
    "date_trunc('millisecond', '2024-05-15 10:11:12.123456789'::timestamp)",
    '2024-05-15 10:11:12.123',
  ),
  row(
    "select year(d), quarter(d), month(d), day(d), dayofweek(d), dayofyear(d), week(d) from (select '2024-05-12'::date d)",
    '2024',
    '2',
    '5',
    '12',
    '0',
    '133',
    '19',
  ),
  expression("extract(hour from '2024-05-06 17:00'::timestamp)", '17'),
  expression("date_part(epoch_second, '2024-01-02 03:04:05'::timestamp)", '1704164645'),
  expression("date_part(ns, '2024-01-01 00:00:00.123456789'::timestamp)", '123456789'),
  row("select dayname('2024-01-07'::date), monthname('2024-01-07'::date)", 'Sun', 'Jan'),
  expression("last_day('2024-02-10'::date)", '2024-02-29'),
  expression("next_day('2024-01-01'::date, 'Friday')", '2024-01-05'),
  expression("previous_day('2024-01-01'::date, 'mo')", '2023-12-25'),
  expression("add_months('2024-02-29'::date, 1)", '2024-03-31'),
  expression("months_between('2024-03-31'::date, '2024-02-29'::date)", '1'),
  expression('date_from_parts(2024, 13, 1)', '2025-01-01'),
  expression('timestamp_from_parts(2024, 1, 2, 3, 4, 5, 6)', '2024-01-02 03:04:05.000000006'),
  expression(
    "convert_timezone('UTC', 'America/New_York', '2024-01-02 03:04:05.123456789'::timestamp_ntz)",
    '2024-01-01 22:04:05.123456789',
  ),
  expression(
    "convert_timezone('Asia/Tokyo', '2024-01-02 03:04:05 +00:00'::timestamp_tz)",
    '2024-01-02 12:04:05 540',
  ),
  expression("time_slice('2024-01-02 03:47:00'::timestamp, 15, 'minute')", '2024-01-02 03:45:00'),
  expression("time_slice('2019-02-28'::date, 4, 'MONTH', 'START')", '2019-01-01'),
  expression("time_slice('2019-02-28'::date, 4, 'MONTH', 'END')", '2019-05-01'),
  expression("date '2024-01-01' + 5", '2024-01-06'),
  expression("'2024-01-10'::date - '2024-01-01'::date", '9'),
  expression("'2024-01-01'::timestamp + interval '1 day, 2 hours'", '2024-01-02 02:00:00'),
  expression(
    "to_char('2024-03-01 04:05:06.123456789'::timestamp, 'DD-MON-YYYY HH12:MI:SS AM FF6')",
    '01-Mar-2024 04:05:06 AM 123456',
  ),
  expression(
    "to_char('2024-01-02 03:04:05 -05:30'::timestamp_tz, 'YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM')",
    '2024-01-02T03:04:05-05:30',
  ),
  expression("'2024-01-02 03:04:05.123456789'::timestamp_ntz::varchar", '2024-01-02 03:04:05.123'),
  row(
    'select current_date, current_timestamp()::timestamp_ntz',
    '2024-03-15',
    '2024-03-15 10:20:30.123',
  ),
  {
    ...expression("'2024-01-02 03:04:05'::timestamp_ltz", '2024-01-02 08:04:05'),
    parameters: NEW_YORK,
  },
  {
    ...expression("'2024-07-01 10:00'::timestamp_tz", '2024-07-01 10:00:00 -240'),
    parameters: NEW_YORK,
  },
  { ...expression("hour('2024-07-01 02:00 +00:00'::timestamp_ltz)", '22'), parameters: NEW_YORK },
  {
    ...expression("dateadd(day, 1, '2024-03-09 12:00'::timestamp_ltz)", '2024-03-10 16:00:00'),
    parameters: NEW_YORK,
  },
  {
    ...expression("'2024-07-01'::timestamp_ltz::varchar", '2024-07-01 00:00:00.000 -0400'),
    parameters: NEW_YORK,
  },
];
