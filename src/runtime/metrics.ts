export type MetricUnit = 'Count' | 'Bytes' | 'Seconds' | 'Milliseconds';

export interface MetricsOptions {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly write?: (line: string) => void;
}

const NAMESPACE = 'Snowmelt';

/**
 * Writes metrics as one line in CloudWatch's embedded metric format, which needs no call and no
 * permission.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emitMetrics(
  metrics: Readonly<Record<string, { readonly value: number; readonly unit: MetricUnit }>>,
  { dimensions, write = (line: string) => console.log(line) }: MetricsOptions,
): void {
  const names = Object.entries(metrics);
  const definition = {
    Namespace: NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: names.map(([Name, { unit: Unit }]) => ({ Name, Unit })),
  };
  const values = Object.fromEntries(names.map(([name, { value }]) => [name, value]));
  const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [definition] };
  write(JSON.stringify({ _aws, ...dimensions, ...values }));
}
