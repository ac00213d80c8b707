/**
 * Longest tag that Snowflake takes.
 * https://docs.snowflake.com/en/sql-reference/parameters#query-tag
 */
const MAX_LENGTH = 2000;

/** What a statement is for, as JSON that QUERY_HISTORY can be searched by. */
export const queryTagText = (tag: object): string =>
  JSON.stringify({ app: 'snowmelt', ...tag }).slice(0, MAX_LENGTH);
