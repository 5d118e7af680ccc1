import type { UsageTotals } from '../contract/stats';
import type { AdminContext } from '../context';
import { csvLine, inChunks, type FileAnswer } from '../file-answer';
import { exploreGroups, type ExploreInput } from './explore';

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
    filename: `traffic-${input.groupBy === 'none' ? 'total' : `by-${input.groupBy}`}-${input.range}.csv`,
    chunks: inChunks(lines, csvLine),
  };
}

const figuresOf = (totals: UsageTotals) => FIGURES.map((name) => totals[name]);
