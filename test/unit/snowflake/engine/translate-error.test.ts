import { describe, expect, it } from 'vitest';
import { SnowflakeError } from '#local/snowflake/statement.ts';
import { translateError } from '#local/snowflake/storage/translate-error.ts';

describe('translateError', () => {
  it.each([
    ['Constraint Error: NOT NULL constraint failed: T.A', '100072', '22000'],
    ['Conversion Error: Could not convert string "ab" to DECIMAL(38,0)', '100038', '22018'],
    ['Conversion Error: Could not cast value 12345 to DECIMAL(4,2)', '100039', '22003'],
    [
      'Conversion Error: Casting value "123.45" to type DECIMAL(4,2) failed: value is out of range!',
      '100039',
      '22003',
    ],
    ['Out of Range Error: Overflow in addition of DECIMAL(38)', '100046', '22003'],
    ['Conversion Error: invalid date field format: "x", expected format', '100040', '22007'],
    ["Conversion Error: Could not convert string 'x' to BOOL", '100037', '22018'],
    ['INTERRUPT Error: Interrupted!', '000604', '57014'],
    ['Catalog Error: Table with name T does not exist!', '002003', '42S02'],
    ['Parser Error: syntax error at or near "x"', '002000', '42601'],
    ['IO Error: disk full', '000603', 'XX000'],
  ])('%s is %s', (message, code, sqlState) => {
    expect(translateError(new Error(message))).toMatchObject({ code, sqlState });
  });

  it('takes code, state and message from an error that our SQL raised', () => {
    const raised = new Error("Invalid Input Error: SF|100078|22000|String 'a|b' is too long");
    expect(translateError(raised)).toMatchObject({
      code: '100078',
      sqlState: '22000',
      message: "String 'a|b' is too long",
    });
  });

  it('leaves out the line of DuckDB SQL that the error points at', () => {
    const pointed = new Error('IO Error: gone\n\nLINE 1: SELECT secret\n       ^');
    expect(translateError(pointed).message).not.toContain('secret');
  });

  it('passes a SnowflakeError on', () => {
    const error = new SnowflakeError('1', '2', 'm');
    expect(translateError(error)).toBe(error);
  });
});
