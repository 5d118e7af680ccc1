import { wallTime } from '../../config/wall-clock';
import type { UsageTotals } from '../contract/stats';
import type { AdminContext } from '../context';
import { csvLine, inChunks, type FileAnswer } from '../file-answer';
import { dayOf } from './asked-span';
import { exploreGroups } from './explore';
import { kindAsked, type ExploreInput } from './explore-question';
import { windowOf, zoneOf } from './range';

const FIGURES = [
  ...(['requests', 'succeeded', 'failed', 'rateLimited', 'serverErrors', 'broken', 'clientErrors'] as const),
  ...(['cancelled', 'successRate', 'attempts', 'failedAttempts', 'promptTokens', 'cachedTokens'] as const),
  ...(['completionTokens', 'costUsd', 'unpriced', 'latencyP50Ms', 'latencyP95Ms', 'ttfbAverageMs'] as const),
] as const satisfies readonly (keyof UsageTotals)[];

/** One line a group, the busiest first, then one for what is in none, and one for the whole. */
export async function exportExplored(context: AdminContext, input: ExploreInput): Promise<FileAnswer> {
  const { groups, others, totals } = await exploreGroups(context, input);
  const isGrouped = input.groupBy !== 'none';
  const hasOthers = isGrouped && (others.requests > 0 || others.attempts > 0);
  const lines = [
    ['group', 'id', 'name', 'hint', 'provider', ...FIGURES],
    ...groups.map(({ id, name, hint, provider, totals: ofGroup }) => [
      ...[input.groupBy, id, name, hint, provider],
      ...figuresOf(ofGroup),
    ]),
    ...(hasOthers ? [['others', null, null, null, null, ...figuresOf(others)]] : []),
    ['total', null, null, null, null, ...figuresOf(totals)],
  ];
  return {
    contentType: 'text/csv; charset=utf-8',
    filename: `traffic-${input.groupBy === 'none' ? 'total' : `by-${input.groupBy}`}-${rangeName(context, input)}.csv`,
    chunks: inChunks(lines, csvLine),
  };
}

/** `7d`, or the days or times of a free range, those that are in the file. */
function rangeName(context: AdminContext, input: ExploreInput): string {
  if (input.from === undefined) return input.range;
  const zone = zoneOf(context);
  const { from, to } = windowOf(context, input, kindAsked(input));
  const isWhole = [from, to].every((at) => wallTime(at, zone).endsWith('T00:00'));
  if (!isWhole) return [from, to].map((at) => wallTime(at, zone).replace(':', '')).join('-to-');
  const [first, last] = [dayOf(from, zone), dayOf(to - 1, zone)];
  return first === last ? first : `${first}-to-${last}`;
}

const figuresOf = (totals: UsageTotals) => FIGURES.map((name) => totals[name]);
