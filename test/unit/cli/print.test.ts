import { PassThrough, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPieces, printOutcome } from '#cli/print.ts';

async function printed(outcome: Parameters<typeof printOutcome>[0], json: boolean) {
  const out = new PassThrough();
  const reading = out.toArray();
  await printOutcome(outcome, json, out);
  out.end();
  return (await reading).join('');
}

describe('a printed outcome', () => {
  it('is the document as JSON.stringify has it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value, null, 2));
      }),
      { seed: 20_261_121 },
    );
    const odd = { at: new Date(0), left: undefined, rows: [[undefined, 1]] };
    expect([...jsonPieces(odd)].join('')).toBe(JSON.stringify(odd, null, 2));
  });

  it('is the text for people, made only for them', async () => {
    let made = 0;
    const outcome = {
      document: { rows: [[1]] },
      text: () => {
        made += 1;
        return 'a table';
      },
    };

    expect(JSON.parse(await printed(outcome, true))).toEqual({ rows: [[1]] });
    expect(made).toBe(0);
    expect(await printed(outcome, false)).toBe('a table\n');
  });

  it('waits for a slow reader instead of keeping the whole document as text', async () => {
    let taken = 0;
    const rows = Array.from({ length: 50_000 }, (_, n) => ({
      toJSON: () => {
        taken += 1;
        return [n, 'x'.repeat(100)];
      },
    }));
    let free: () => void = () => undefined;
    const out = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => {
        free = done;
      },
    });

    const printing = printOutcome({ document: { rows } }, true, out);
    for (let turn = 0; turn < 1000; turn += 1) await nextTurn();

    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(20_000);
    out.destroy(Object.assign(new Error('closed'), { code: 'EPIPE' }));
    free();
    await expect(printing).resolves.toBeUndefined();
  });
});
