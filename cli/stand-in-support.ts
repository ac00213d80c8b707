import { type SupportedFeature, standInSupport } from '#local/snowflake/support.ts';
import type { Command } from './command.ts';

const mark = ({ isSupported }: SupportedFeature): string => (isSupported ? '[x]' : '[ ]');

const line = (feature: SupportedFeature): string =>
  `  ${mark(feature)} ${feature.feature}${feature.note === undefined ? '' : `: ${feature.note}`}`;

/** The tick-list as text, one heading an area. */
export function supportText(features: readonly SupportedFeature[]): string {
  const byArea = Map.groupBy(features, ({ area }) => area);
  return [...byArea].map(([area, all]) => [area, ...all.map(line)].join('\n')).join('\n\n');
}

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
