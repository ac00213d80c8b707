import { type SupportedFeature, standInSupport } from '#local/snowflake/support.ts';
import type { Command } from './command.ts';

const WIDTH = 96;

const line = ({ feature, note }: SupportedFeature): string =>
  `  [x] ${feature}${note === undefined ? '' : `: ${note}`}`;

/** Names in lines of a readable width. */
function wrap(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    const longer = last === undefined ? name : `${last}, ${name}`;
    if (last === undefined || longer.length > WIDTH) lines.push(name);
    else lines[lines.length - 1] = longer;
  }
  return lines.join(',\n      ');
}

const isPlain = ({ isSupported, note, feature }: SupportedFeature): boolean =>
  isSupported && note === undefined && !/[:,]/.test(feature);

/** An area's list; what needs no remark, or is refused for the same reason, stands together. */
function areaText(area: string, features: readonly SupportedFeature[]): string {
  const plain = features.filter(isPlain).map(({ feature }) => feature);
  const others = features.filter((feature) => feature.isSupported && !isPlain(feature));
  const refused = Map.groupBy(
    features.filter(({ isSupported }) => !isSupported),
    ({ note = '' }) => note,
  );
  return [
    area,
    ...(plain.length === 0 ? [] : [`  [x] ${wrap(plain)}`]),
    ...others.map(line),
    ...[...refused].map(
      ([note, all]) => `  [ ] ${wrap(all.map(({ feature }) => feature))}: ${note}`,
    ),
  ].join('\n');
}

/** The tick-list as text, one heading an area. */
export const supportText = (features: readonly SupportedFeature[]): string =>
  [...Map.groupBy(features, ({ area }) => area)]
    .map(([area, all]) => areaText(area, all))
    .join('\n\n');

/** What the stand-in supports and what it refuses. */
export const standInSupportCommand: Command = {
  name: 'stand-in support',
  summary: 'List what the Snowflake stand-in supports, and what it refuses',
  usage: '[--json]',
  example: 'snowmelt stand-in support',
  async run() {
    const features = standInSupport();
    return { document: { features }, text: supportText(features) };
  },
};
