import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '#local/snowflake/engine.ts';
import type { EngineSession } from '#local/snowflake/statement.ts';
import {
  openTestEngine,
  records,
  rows,
  run,
  type TestEngine,
} from '../../helpers/stand-in-engine.ts';

let engine: TestEngine;
let session: EngineSession;

beforeAll(async () => {
  engine = await openTestEngine();
  session = await engine.session();
  await run(
    session,
    `create storage integration lake_int type = external_stage storage_provider = 'S3' enabled = true
       storage_aws_role_arn = 'arn:aws:iam::123456789012:role/lake'
       storage_allowed_locations = ('s3://lake/open/', 's3://other/')
       storage_blocked_locations = ('s3://lake/open/secret/') comment = 'the lake'`,
  );
});

afterAll(async () => {
  await engine.close();
});

const property = async (sql: string, name: string) => {
  const found = (await records(session, sql)).find((each) => each.property === name);
  return found?.property_value;
};

describe('storage integrations', () => {
  it('are described with the user and the external id that a trust policy needs', async () => {
    const sql = 'describe integration lake_int';

    expect(await property(sql, 'STORAGE_AWS_IAM_USER_ARN')).toMatch(/^arn:aws:iam::\d{12}:user\//);
    expect(await property(sql, 'STORAGE_AWS_EXTERNAL_ID')).toMatch(/_SFCRole=/);
    expect(await property('desc storage integration lake_int', 'STORAGE_ALLOWED_LOCATIONS')).toBe(
      's3://lake/open/,s3://other/',
    );
    expect(await records(session, 'show integrations')).toMatchObject([
      { name: 'LAKE_INT', type: 'EXTERNAL_STAGE', category: 'STORAGE', enabled: 'true' },
    ]);
  });

  it('keep their external id when they are altered, and stages within their locations', async () => {
    const before = await property('desc integration lake_int', 'STORAGE_AWS_EXTERNAL_ID');
    await run(
      session,
      "alter storage integration lake_int set storage_blocked_locations = ('s3://lake/open/no/')",
    );

    expect(await property('desc integration lake_int', 'STORAGE_AWS_EXTERNAL_ID')).toBe(before);
    const create = (url: string) =>
      run(session, `create or replace stage s url = '${url}' storage_integration = lake_int`);
    await create('s3://lake/open/orders');
    await expect(create('s3://lake/openly/')).rejects.toMatchObject({
      message: expect.stringContaining("is not allowed by integration 'LAKE_INT'"),
    });
    await expect(create('s3://lake/open/no/way/')).rejects.toThrow('is not allowed by integration');
    await run(session, 'alter integration lake_int set enabled = false');
    await expect(create('s3://lake/open/')).rejects.toThrow('is not enabled');
    await run(session, 'alter integration lake_int set enabled = true');
  });

  it.each([
    [
      "type = external_stage storage_provider = 'GCS' enabled = true storage_allowed_locations = ('gcs://b/')",
      /STORAGE_AWS_ROLE_ARN|STORAGE_PROVIDER/,
    ],
    [
      "type = external_stage storage_provider = 'S3' enabled = true storage_aws_role_arn = 'a' storage_allowed_locations = ('b')",
      /invalid URL prefix/,
    ],
    [
      "type = external_stage storage_provider = 'S3' storage_aws_role_arn = 'a' storage_allowed_locations = ('*')",
      /Missing option\(s\): \[ENABLED\]/,
    ],
  ])('refuse %s', async (options, message) => {
    await expect(run(session, `create storage integration bad ${options}`)).rejects.toThrow(
      message,
    );
  });
});

describe('file formats', () => {
  it('are created, described, altered, listed and dropped', async () => {
    await run(
      session,
      "create file format pipes type = csv field_delimiter = '|' null_if = ('', 'NULL')",
    );
    await run(session, 'alter file format pipes set skip_header = 2');

    expect(await property('describe file format pipes', 'FIELD_DELIMITER')).toBe('|');
    expect(await property('desc file format pipes', 'SKIP_HEADER')).toBe('2');
    expect(await property('desc file format pipes', 'NULL_IF')).toBe('[, NULL]');
    expect(await records(session, 'show file formats')).toMatchObject([
      { name: 'PIPES', type: 'CSV' },
    ]);
    await run(session, 'drop file format pipes');
    await expect(run(session, 'desc file format pipes')).rejects.toMatchObject({ code: '002003' });
  });

  it.each([
    ['type = avro', 'TYPE = AVRO'],
    ["type = csv encoding = 'latin1'", 'ENCODING = LATIN1'],
    ['type = json strip_null_values = true', 'STRIP_NULL_VALUES = true'],
    ['type = json skip_header = 1', 'SKIP_HEADER'],
  ])('with %s are refused by name', async (options, what) => {
    await expect(run(session, `create file format bad ${options}`)).rejects.toMatchObject({
      code: '000002',
      message: expect.stringContaining(what),
    });
  });
});

describe('stages', () => {
  it('are described and listed without their secrets', async () => {
    await run(
      session,
      `create or replace stage keyed url = 's3://bucket/path'
         credentials = (aws_key_id = 'AKIA' aws_secret_key = 'hush') file_format = (type = json)
         comment = 'by keys'`,
    );

    const described = await records(session, 'desc stage keyed');
    expect(described).toContainEqual(
      expect.objectContaining({ property: 'URL', property_value: '["s3://bucket/path/"]' }),
    );
    expect(described).toContainEqual(
      expect.objectContaining({ property: 'AWS_KEY_ID', property_value: 'AKIA' }),
    );
    expect(JSON.stringify(described)).not.toContain('hush');
    expect(await records(session, "show stages like 'keyed'")).toMatchObject([
      {
        name: 'KEYED',
        url: 's3://bucket/path/',
        type: 'EXTERNAL',
        has_credentials: 'Y',
        comment: 'by keys',
      },
    ]);
  });

  it('are altered and dropped', async () => {
    await run(session, 'create stage plain');
    await run(
      session,
      "alter stage plain set file_format = (type = csv skip_header = 1) comment = 'in'",
    );
    await run(session, 'alter stage plain rename to simple');

    expect(await property('desc stage simple', 'SKIP_HEADER')).toBe('1');
    await expect(run(session, 'create stage simple')).rejects.toMatchObject({ code: '002002' });
    await run(session, 'create stage if not exists simple');
    await run(session, 'drop stage simple');
    await expect(run(session, 'list @simple')).rejects.toMatchObject({ code: '002003' });
    await run(session, 'drop stage if exists simple');
  });

  it('go with their schema', async () => {
    await run(session, 'create schema going');
    await run(session, 'create stage going.vanishing');
    await run(session, 'create file format going.vanishing type = json');
    await run(session, 'drop schema going');
    await run(session, 'use schema public');

    expect(await records(session, "show stages like 'vanishing' in account")).toEqual([]);
    expect(await records(session, "show file formats like 'vanishing' in account")).toEqual([]);
  });

  it('that are temporary are seen by their session only, and hide others', async () => {
    await run(session, "create stage shown url = 's3://bucket/everybody/'");
    await run(session, 'create temporary stage shown');
    const other = await engine.session();

    expect(await rows(session, 'list @shown')).toEqual([]);
    expect(await records(other, "show stages like 'shown'")).toHaveLength(1);
    await other.close();
  });

  it.each([
    ['directory = (enable = maybe)', '001008'],
    ["url = 'gcs://bucket/'", '000002'],
    ["url = 'ftp://x/'", '001011'],
    ['storage_integration = lake_int', '002077'],
    [
      "url = 's3://b/' storage_integration = lake_int credentials = (aws_key_id = 'a' aws_secret_key = 'b')",
      '003138',
    ],
    ['copy_options = (on_error = continue)', '000002'],
  ])('with %s are refused with %s', async (options, code) => {
    await expect(run(session, `create stage bad ${options}`)).rejects.toMatchObject({ code });
  });

  it('are there again after a restart', async () => {
    const first = await openTestEngine();
    await run(
      await first.session(),
      "create stage kept file_format = (type = csv field_delimiter = ';')",
    );
    await first.engine.close();

    const again = await createEngine({ dataDir: first.dataDir });
    const later = await again.openSession({
      user: 'TESTER',
      database: 'DB',
      warehouse: 'COMPUTE_WH',
    });
    const found = await records(later, 'desc stage kept');
    await again.close();

    expect(found).toContainEqual(
      expect.objectContaining({ property: 'FIELD_DELIMITER', property_value: ';' }),
    );
  });
});
