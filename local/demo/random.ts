/** A seeded source of numbers: the same seed and labels give the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  readonly next: () => number;
  /** Whole number in [from, to], both included. */
  readonly int: (from: number, to: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
  readonly poisson: (mean: number) => number;
  /** Exponentially distributed, with this mean. */
  readonly exponential: (mean: number) => number;
  /** `count` different items, in the order they have in `items`. */
  readonly sample: <T>(items: readonly T[], count: number) => T[];
}

/** FNV-1a with a final mix, so that neighbouring labels give unrelated streams. */
function hashLabel(label: string, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (let index = 0; index < label.length; index += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * sfc32 by Chris Doty-Humphrey (public domain, PractRand): 128 bits of state, uniform in [0, 1).
 */
function sfc32(label: string): () => number {
  let [a, b, c, counter] = [1, 2, 3, 4].map((salt) => hashLabel(label, salt)) as [
    number,
    number,
    number,
    number,
  ];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next();
  return next;
}

function drawPoisson(next: () => number, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count += 1;
  return count;
}

function drawSample<T>(next: () => number, items: readonly T[], count: number): T[] {
  const chosen: T[] = [];
  for (const [index, item] of items.entries()) {
    if (next() * (items.length - index) < count - chosen.length) chosen.push(item);
  }
  return chosen;
}

/** One stream of random numbers for each purpose, named by `labels`. */
export function createRandom(seed: number, ...labels: readonly (string | number)[]): Random {
  const next = sfc32([seed, ...labels].join('/'));
  return {
    next,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]) => items[Math.floor(next() * items.length)] as T,
    poisson: (mean) => drawPoisson(next, mean),
    exponential: (mean) => -mean * Math.log(1 - next()),
    sample: <T>(items: readonly T[], count: number) => drawSample(next, items, count),
  };
}
