/** Keys of the artifacts bucket that more than one part of the system reads or writes. */
export const artifactKeys = {
  pipelines: 'pipelines/',
  currentPipeline: (pipeline: string) => `pipelines/${pipeline}/current.json`,
  intervals: (pipeline: string) => `intervals/${pipeline}/`,
  interval: (pipeline: string, interval: string) => `intervals/${pipeline}/${interval}.json`,
  report: (pipeline: string, interval: string, layer: string) =>
    `quality/${pipeline}/${interval}/${layer}.report.json`,
  verdict: (pipeline: string, interval: string, layer: string) =>
    `quality/${pipeline}/${interval}/${layer}.verdict.json`,
};

/** Names of the pipelines that are published, from the keys under `pipelines/`. */
export const publishedPipelines = (keys: readonly string[]): string[] =>
  keys.flatMap((key) => /^pipelines\/([^/]+)\/current\.json$/.exec(key)?.[1] ?? []);
