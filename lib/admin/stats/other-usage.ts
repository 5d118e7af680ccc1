import { ATTEMPTS_ONLY } from '../../store/logs/request-class';
import type { UsageCounts } from '../../store/rows';
import { NO_USAGE } from '../../store/usage/no-usage';
import { groupRows } from './range';

type Classed = UsageCounts & { readonly statusClass: string };

/**
 * What a whole has beside its parts, by status class. Its longest is not known: in its place stands that of the whole,
 * which bounds it. Parts that were read a moment later than the whole may have more than it: then nothing is left.
 */
export function usageBeside(whole: readonly Classed[], parts: readonly Classed[]): Classed[] {
  const classOf = ({ statusClass }: Classed) => statusClass;
  const partsOf = groupRows(parts, classOf);
  const byClass = [...groupRows(whole, classOf)].map(([statusClass, rows]) =>
    leftOf(statusClass, rows, partsOf.get(statusClass) ?? []),
  );
  return [...byClass, attemptsLeft(whole, parts)];
}

/** An attempt apart from its request has no class among the parts, and may have that of the request in the whole. */
function attemptsLeft(whole: readonly Classed[], parts: readonly Classed[]): Classed {
  return {
    ...NO_USAGE,
    statusClass: ATTEMPTS_ONLY,
    attempts: beyond(whole, parts, (row) => row.attempts),
    failedAttempts: beyond(whole, parts, (row) => row.failedAttempts),
    latencyMinMs: null,
    latencyMaxMs: null,
  };
}

function beyond(
  whole: readonly Classed[],
  parts: readonly Classed[],
  pick: (row: Classed) => number,
): number {
  const sum = (rows: readonly Classed[]) => rows.reduce((total, row) => total + pick(row), 0);
  return Math.max(0, sum(whole) - sum(parts));
}

/** Null if it is not known of one of them. */
function knownLeft(whole: readonly Classed[], parts: readonly Classed[]): number | null {
  if ([...whole, ...parts].some(({ rescued }) => rescued === null)) return null;
  const sum = (rows: readonly Classed[]) => rows.reduce((total, { rescued }) => total + (rescued ?? 0), 0);
  return Math.max(0, sum(whole) - sum(parts));
}

function leftOf(statusClass: string, whole: readonly Classed[], parts: readonly Classed[]): Classed {
  const left = (pick: (row: Classed) => number): number => beyond(whole, parts, pick);
  // One row a class: it is a sum over the whole time.
  const counters = whole[0]?.latency.length ?? 0;
  return {
    statusClass,
    requests: left((row) => row.requests),
    attempts: 0,
    failedAttempts: 0,
    promptTokens: left((row) => row.promptTokens),
    cachedTokens: left((row) => row.cachedTokens),
    completionTokens: left((row) => row.completionTokens),
    costNano: left((row) => row.costNano),
    unpriced: left((row) => row.unpriced),
    durationMsSum: left((row) => row.durationMsSum),
    ttfbMsSum: left((row) => row.ttfbMsSum),
    ttfbCount: left((row) => row.ttfbCount),
    latency: Array.from({ length: counters }, (_, index) => left((row) => row.latency[index] ?? 0)),
    rescued: knownLeft(whole, parts),
    latencyMinMs: null,
    latencyMaxMs: whole[0]?.latencyMaxMs ?? null,
  };
}
