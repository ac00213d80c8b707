import { beforeAll, describe, expect, it } from 'vitest';
import { typeText } from '#local/snowflake/sql/types/names.ts';
import type { CorpusCase } from './corpus/corpus.ts';
import { DATE_CASES } from './corpus/dates.ts';
import { NUMBER_CASES } from './corpus/numbers.ts';
import { QUERY_CASES } from './corpus/queries.ts';
import { STRING_CASES } from './corpus/strings.ts';
import { VARIANT_CASES } from './corpus/variant.ts';
import { openTranslation, type Translation } from './open-translation.ts';
import { CHANGES, ORDERS, SEED } from './tables.ts';

let translation: Translation;

beforeAll(async () => {
  translation = await openTranslation([ORDERS, CHANGES]);
  for (const sql of SEED) await translation.run(sql);
});

const FAMILIES: Readonly<Record<string, readonly CorpusCase[]>> = {
  numbers: NUMBER_CASES,
  'dates and times': DATE_CASES,
  strings: STRING_CASES,
  'semi-structured values': VARIANT_CASES,
  queries: QUERY_CASES,
};

describe.each(Object.entries(FAMILIES))('translated %s', (_, cases) => {
  it.each(cases.map((each) => [each.sql, each] as const))('answers %s', async (sql, expected) => {
    const answer = await translation.query(sql, expected.parameters);

    expect(answer.rows).toEqual(expected.rows);
    if (expected.columns) expect(answer.columns.map(({ name }) => name)).toEqual(expected.columns);
    if (expected.types) {
      const types = answer.columns.map(({ type }) => typeText(type));
      expect(types).toEqual(expected.types);
    }
  });
});
