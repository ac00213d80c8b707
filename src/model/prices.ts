/** List prices in US dollars, us-east-1, before discounts and free tiers; every cost figure is made of these. */
export interface Price {
  readonly dollars: number;
  readonly per: string;
  readonly source: string;
  /** Day on which it was looked up. */
  readonly asOf: string;
}

const AS_OF = '2026-11-21';

export const PRICES = {
  lambdaGbSecond: {
    dollars: 0.0000133334,
    per: 'GB-second, arm64, first 7.5 billion of a month',
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf: AS_OF,
  },
  lambdaRequest: {
    dollars: 0.2 / 1_000_000,
    per: 'invocation',
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf: AS_OF,
  },
  s3Put: {
    dollars: 0.005 / 1000,
    per: 'PUT, COPY, POST or LIST request, S3 Standard',
    source: 'https://aws.amazon.com/s3/pricing/',
    asOf: AS_OF,
  },
  stateTransition: {
    dollars: 0.025 / 1000,
    per: 'state transition of a standard workflow',
    source: 'https://aws.amazon.com/step-functions/pricing/',
    asOf: AS_OF,
  },
  glueDpuHour: {
    dollars: 0.308,
    per: 'DPU-hour, Glue 6.0',
    source:
      'https://aws.amazon.com/blogs/aws/aws-glue-6-0-now-available-with-30-lower-price-and-full-apache-iceberg-v3-support',
    asOf: AS_OF,
  },
  snowflakeCredit: {
    dollars: 2,
    per: 'credit, Standard edition on demand; a contract says otherwise',
    source: 'https://www.snowflake.com/legal-files/CreditConsumptionTable.pdf',
    asOf: AS_OF,
  },
} as const satisfies Readonly<Record<string, Price>>;

/**
 * Credits of a warehouse in an hour, by size; each is billed by the second, a minute at least.
 * https://docs.snowflake.com/en/user-guide/cost-understanding-compute
 */
export const CREDITS_PER_HOUR = {
  'X-Small': 1,
  Small: 2,
  Medium: 4,
  Large: 8,
  'X-Large': 16,
  '2X-Large': 32,
  '3X-Large': 64,
  '4X-Large': 128,
  '5X-Large': 256,
  '6X-Large': 512,
} as const;
export type WarehouseSize = keyof typeof CREDITS_PER_HOUR;

/** Shortest time that a resumed warehouse is billed for, in seconds. */
export const LEAST_WAREHOUSE_SECONDS = 60;
