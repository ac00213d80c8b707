import { publishPipeline } from '#cli/publish-pipeline.ts';
import { openSnowflake } from '#cli/snowflake-connection.ts';
import type { Stack } from '#cli/stack.ts';
import type { PipelineDocument } from '#src/model/pipeline.ts';
import { generateShop, type Shop } from './generate-shop.ts';
import { loadFirst, loadSecond } from './load-shop.ts';
import { SHOP_TABLES } from './shop-rows.ts';

const SEED = 20_261_121;
const PIPELINE = 'examples/shop/pipeline.yml';

/** Schedule group of the shop's queries. */
export const GROUP = 'default';

export const SHARED = {
  json: false,
  pipeline: PIPELINE,
  target: 'local',
  snowflake: 'stand-in',
} as const;

/** The shop of the demo; its second interval's rows are changed now. */
export const demoShop = (scale: number): Shop =>
  generateShop({ seed: SEED, scale, changedAt: new Date().toISOString() });

/** Publishes the shop's pipeline as its file is now. */
export const publishShop = async (stack: Stack): Promise<PipelineDocument> =>
  (await publishPipeline(stack, PIPELINE)).document;

/** Puts one batch of the shop into Snowflake. */
export async function loadInterval(
  { snowflake }: PipelineDocument,
  which: 'first' | 'second',
  shop: Shop,
): Promise<void> {
  const session = await openSnowflake(SHARED, snowflake);
  try {
    await (which === 'first' ? loadFirst : loadSecond)(session, shop);
  } finally {
    await session.close();
  }
}

/** Whether Snowflake has the shop's source tables. */
export async function isShopLoaded({ snowflake }: PipelineDocument): Promise<boolean> {
  const session = await openSnowflake(SHARED, snowflake);
  try {
    const tables = await session.execute('show tables');
    const names = new Set(tables.map(({ name }) => name));
    return Object.values(SHOP_TABLES).every(({ table }) => names.has(table));
  } finally {
    await session.close();
  }
}
