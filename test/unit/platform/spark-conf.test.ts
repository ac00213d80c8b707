import { describe, expect, it } from 'vitest';
import { readConfArgument, sparkDefaults } from '#local/jobs/spark-conf.ts';

describe('readConfArgument', () => {
  it('reads several settings chained in one argument', () => {
    expect(readConfArgument('a.b=1 --conf c.d=x=y  --conf e.f=s3://bucket/')).toEqual({
      'a.b': '1',
      'c.d': 'x=y',
      'e.f': 's3://bucket/',
    });
  });

  it('reads none from an empty argument', () => {
    expect(readConfArgument('')).toEqual({});
  });
});

describe('sparkDefaults', () => {
  const surroundings = {
    endpoint: 'http://127.0.0.1:4566',
    region: 'us-east-1',
    jarsDir: '/jars',
    scratchDir: '/scratch',
  };
  const lines = (conf: Record<string, string>) => sparkDefaults(conf, surroundings).split('\n');

  it('keeps what the deployed job says and adds the emulator to its catalogs', () => {
    const defaults = lines({
      'spark.sql.catalog.other': 'org.apache.iceberg.spark.SparkCatalog',
      'spark.sql.catalog.lake.warehouse': 's3://lake/',
    });

    expect(defaults).toContain('spark.sql.catalog.lake.warehouse s3://lake/');
    expect(defaults).toContain('spark.sql.catalog.other.s3.endpoint http://127.0.0.1:4566');
    expect(defaults).toContain('spark.sql.catalog.lake.glue.endpoint http://127.0.0.1:4566');
  });

  it('overrides what only fits a cluster', () => {
    expect(lines({ 'spark.driver.memory': '10g' })).toContain('spark.driver.memory 1g');
  });
});
