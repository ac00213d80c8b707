/** What the local Spark needs to know of its surroundings. */
export interface SparkSurroundings {
  /** Address of the AWS emulator. */
  readonly endpoint: string;
  readonly region: string;
  readonly jarsDir: string;
  /** Folder that is removed after the run. */
  readonly scratchDir: string;
}

/** Catalog of the lake where the job's own --conf does not describe it. */
const CATALOG = {
  'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
  'spark.sql.catalog.lake': 'org.apache.iceberg.spark.SparkCatalog',
  'spark.sql.catalog.lake.catalog-impl': 'org.apache.iceberg.aws.glue.GlueCatalog',
  'spark.sql.catalog.lake.io-impl': 'org.apache.iceberg.aws.s3.S3FileIO',
} as const;

/** A JVM of one gigabyte for short jobs: what is compiled quickly counts more than peak speed. */
const MACHINE = {
  'spark.master': 'local[2]',
  'spark.driver.memory': '1g',
  'spark.driver.host': '127.0.0.1',
  'spark.driver.bindAddress': '127.0.0.1',
  'spark.driver.extraJavaOptions':
    '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Duser.timezone=UTC',
  'spark.ui.enabled': 'false',
  'spark.ui.showConsoleProgress': 'false',
  'spark.sql.shuffle.partitions': '4',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.legacy.parquet.nanosAsLong': 'true',
} as const;

/**
 * Settings of a job's `--conf` argument, which holds several as `a=1 --conf b=2`:
 * https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
 */
export function readConfArgument(text: string): Record<string, string> {
  const settings = text.split(/(?:^|\s)--conf\s+/).filter((part) => part.trim() !== '');
  return Object.fromEntries(
    settings.map((setting) => {
      const [name = '', ...value] = setting.trim().split('=');
      return [name, value.join('=')];
    }),
  );
}

/** Names of the Iceberg catalogs that a configuration declares. */
const catalogNames = (conf: Readonly<Record<string, string>>): string[] =>
  Object.keys(conf).flatMap((name) => /^spark\.sql\.catalog\.(\w+)$/.exec(name)?.[1] ?? []);

function emulatorSettings({ endpoint, region }: SparkSurroundings, catalogs: readonly string[]) {
  const perCatalog = catalogs.flatMap((name) => {
    const prefix = `spark.sql.catalog.${name}`;
    return [
      [`${prefix}.client.region`, region],
      [`${prefix}.glue.endpoint`, endpoint],
      [`${prefix}.s3.endpoint`, endpoint],
      [`${prefix}.s3.path-style-access`, 'true'],
    ];
  });
  const credentials =
    'software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider';
  return Object.fromEntries([
    ...perCatalog,
    ['spark.hadoop.fs.s3.impl', 'org.apache.hadoop.fs.s3a.S3AFileSystem'],
    ['spark.hadoop.fs.s3a.endpoint', endpoint],
    ['spark.hadoop.fs.s3a.endpoint.region', region],
    ['spark.hadoop.fs.s3a.path.style.access', 'true'],
    ['spark.hadoop.fs.s3a.aws.credentials.provider', credentials],
  ]) as Record<string, string>;
}

/**
 * Text of spark-defaults.conf: the job's own settings as deployed, under those of this machine and
 * of the emulator.
 */
export function sparkDefaults(
  jobConf: Readonly<Record<string, string>>,
  surroundings: SparkSurroundings,
): string {
  const base = { ...CATALOG, ...jobConf };
  const settings: Record<string, string> = {
    ...base,
    ...MACHINE,
    ...emulatorSettings(surroundings, catalogNames(base)),
    'spark.driver.extraClassPath': `${surroundings.jarsDir}/*`,
    'spark.local.dir': surroundings.scratchDir,
    'spark.sql.warehouse.dir': `${surroundings.scratchDir}/warehouse`,
  };
  return `${Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join('\n')}\n`;
}

/** Text of log4j2.properties: warnings and errors, on the standard error. */
export const LOG4J2 = `rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1}: %m%n%ex
logger.natives.name = org.apache.hadoop.util.NativeCodeLoader
logger.natives.level = error
logger.conf.name = org.apache.spark.SparkConf
logger.conf.level = error
logger.s3a.name = org.apache.hadoop.metrics2
logger.s3a.level = error
`;
