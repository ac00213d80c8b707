import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '#test/helpers/emulator.ts';
import { bundleFunction } from '#test/helpers/extract-process.ts';
import { liveThrough, type SoakStage, type SoakTally } from '#test/helpers/extract-soak.ts';
import { loginOf, openSource, startSource } from '#test/helpers/extract-source.ts';
import { functionEnvironment, makeResources } from '#test/helpers/extract-stage.ts';
import { faultProxy } from '#test/helpers/fault-proxy.ts';
import type { TestStandIn } from '#test/helpers/snowflake-client.ts';

/** `npm run soak` gives the seed, and how many kills a round has at least. */
const SEED = Number(process.env.SNOWMELT_SEED ?? 1);
const KILLS = Number(process.env.SNOWMELT_KILLS ?? 16);
const MINUTES = Number(process.env.SNOWMELT_MINUTES ?? 10);

/** Stories that are lived through side by side, each with proxies of its own. */
const LANES = 2;

let emulator: Emulator;
let standIn: TestStandIn;
let stages: SoakStage[];

beforeAll(async () => {
  [emulator, standIn] = await Promise.all([startEmulator('extract-soak'), startSource()]);
  const source = openSource(standIn);
  const folder = join(emulator.places.home, 'bundle');
  const module = await bundleFunction('extract-table', folder);
  const secrets = await makeResources(emulator, loginOf(standIn));
  const compiled = { NODE_COMPILE_CACHE: join(folder, 'compiled') };
  stages = await Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      const [aws, snowflake] = await Promise.all([
        faultProxy(emulator.endpoint),
        faultProxy(standIn.accessUrl),
      ]);
      const secretArn = await secrets.add(`lane-${lane}`, loginOf(standIn, snowflake.url));
      const env = { ...(await functionEnvironment(emulator, aws.url, secretArn)), ...compiled };
      return { emulator, standIn, source, aws, snowflake, module, env };
    }),
  );
});
afterAll(async () => {
  await Promise.all(stages.flatMap(({ aws, snowflake }) => [aws.close(), snowflake.close()]));
  await Promise.all([emulator?.remove(), standIn?.dispose()]);
});

describe('an extraction under kills and faults', () => {
  it(
    'loses no row and doubles none, whatever befalls it',
    async () => {
      const tally: SoakTally = { kills: 0, faults: 0, runs: 0, pairs: 0 };
      const deadline = Date.now() + MINUTES * 60_000;
      const most = Math.ceil(KILLS / LANES);
      let stories = 0;
      const lane = async (stage: SoakStage) => {
        while (tally.kills < KILLS && Date.now() < deadline) {
          await liveThrough(stage, { seed: SEED, nth: stories++, most }, tally);
          process.stdout.write(`seed ${SEED}: ${stories} stories, ${JSON.stringify(tally)}\n`);
        }
      };
      await Promise.all(stages.map(lane));

      process.stdout.write(
        `seed ${SEED}: ${stories} stories, ${tally.kills} kills, ${tally.faults} faults, ` +
          `${tally.pairs} pairs at once, ${tally.runs} runs: 0 rows lost, 0 doubled\n`,
      );
      expect(tally.kills).toBeGreaterThan(0);
    },
    MINUTES * 60_000 + 240_000,
  );
});
