import type { Resolution } from '../rows';
import { CHAINS, LONGEST_SUM_MS, type UsageKind } from './usage-chains';

/** Rows of some resolutions, of which each time is in one. */
export interface UsagePart {
  readonly resolutions: readonly Resolution[];
  readonly from: number;
  readonly to: number;
}

interface CoverLevel {
  readonly resolutions: readonly Resolution[];
  readonly lengthMs: number;
  readonly ageMs: number;
}

/** More ranges than that in one statement, and shorter sums in fewer ranges are quicker. */
const PARTS_MAX = 16;

/**
 * The fewest rows that add up to each time from one of the ascending `edges` to the next, and everything else that
 * there may be: what is in no sum yet. A time that is not over may be summed up beyond its end, where nothing is.
 * Undefined where the sums cannot be cut at these edges.
 */
export function coverOf(kind: UsageKind, edges: readonly number[], now: number): UsagePart[] | undefined {
  const [from, to] = [edges[0], edges.at(-1)];
  if (from === undefined || to === undefined || to <= from) return undefined;
  for (let levels = levelsOf(kind); levels.length > 0; levels = levels.slice(1)) {
    const parts = partsOf(levels, edges, now);
    if (parts === undefined) return undefined;
    if (parts.length <= PARTS_MAX) return [...parts, { resolutions: CHAINS[kind].unsummed, from, to }];
  }
  return undefined;
}

function levelsOf(kind: UsageKind): CoverLevel[] {
  const sums: CoverLevel[] = CHAINS[kind].sums.map(({ resolution, ...rest }) => ({
    ...rest,
    resolutions: [resolution],
  }));
  // Older hours of keys have no sum of their own: their rows are as good.
  return kind === 'key'
    ? [...sums, { resolutions: CHAINS.key.summed, lengthMs: 3_600_000, ageMs: Infinity }]
    : sums;
}

function partsOf(
  levels: readonly CoverLevel[],
  edges: readonly number[],
  now: number,
): UsagePart[] | undefined {
  const parts: UsagePart[] = [];
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1] ?? from;
    const found = split(levels, from, to > now ? endOfSum(to) : to, now);
    if (found === undefined) return undefined;
    for (const part of found) {
      const last = parts.at(-1);
      if (last?.resolutions === part.resolutions && last.to === part.from) {
        parts[parts.length - 1] = { ...last, to: part.to };
      } else parts.push(part);
    }
    // What is to come is in it already.
    if (to > now) break;
  }
  return parts;
}

function endOfSum(at: number): number {
  return Math.ceil(at / LONGEST_SUM_MS) * LONGEST_SUM_MS;
}

/** The longest in the middle, and what is shorter before and behind it. */
function split(
  [level, ...shorter]: readonly CoverLevel[],
  from: number,
  to: number,
  now: number,
): UsagePart[] | undefined {
  if (from >= to) return [];
  if (level === undefined) return undefined;
  const first = Math.ceil(from / level.lengthMs) * level.lengthMs;
  const last = Math.floor(to / level.lengthMs) * level.lengthMs;
  if (first >= last || now - first > level.ageMs) return split(shorter, from, to, now);
  const before = split(shorter, from, first, now);
  const behind = split(shorter, last, to, now);
  if (before === undefined || behind === undefined) return undefined;
  return [...before, { resolutions: level.resolutions, from: first, to: last }, ...behind];
}
