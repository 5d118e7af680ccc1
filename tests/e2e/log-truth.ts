import type { LogStory, RequestLogItem } from '../../lib/admin/contract/logs';
import { VERDICTS } from '../../lib/balancer/attempts/verdict';
import type { Stage } from './stage';

/**
 * What the log says has happened, counted row by row and attempt by attempt; every other figure has to agree with it.
 */
export interface Truth {
  readonly requests: number;
  readonly succeeded: number;
  readonly rateLimited: number;
  readonly serverErrors: number;
  readonly broken: number;
  readonly clientErrors: number;
  readonly cancelled: number;
  readonly attempts: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** By slug; '' is of those that were refused before they had a provider. */
  readonly providers: ReadonlyMap<string, Figures>;
  readonly models: ReadonlyMap<string, Figures>;
  /** Attempts by the key's hint, and by the proxy's id. */
  readonly keys: ReadonlyMap<string, number>;
  readonly proxies: ReadonlyMap<string, number>;
  readonly verdicts: ReadonlyMap<string, number>;
  /** Requests by the hint of the client token. */
  readonly tokens: ReadonlyMap<string, number>;
}

export interface Figures {
  requests: number;
  succeeded: number;
  failed: number;
  attempts: number;
  failedAttempts: number;
}

type Class = 'succeeded' | 'rateLimited' | 'serverErrors' | 'broken' | 'clientErrors' | 'cancelled';

function classOf({ status, outcome }: Pick<RequestLogItem, 'status' | 'outcome'>): Class {
  if (status === 499) return 'cancelled';
  if (status === 429) return 'rateLimited';
  if (status >= 500) return 'serverErrors';
  if (status >= 400) return 'clientErrors';
  return outcome === 'success' ? 'succeeded' : 'broken';
}

const clientVerdicts = new Set(
  Object.values(VERDICTS)
    .filter(({ blame }) => blame === 'client')
    .map(({ name }): string => name),
);
/** It brought no whole answer, and that was not the client's doing. */
const isFailed = (verdict: string) => verdict !== 'success' && !clientVerdicts.has(verdict);

const failedClasses: readonly Class[] = ['rateLimited', 'serverErrors', 'broken'];

/** Reads the whole log; stories that were read before are kept in `known`. */
export async function readTruth(stage: Stage, known: Map<string, LogStory>): Promise<Truth> {
  const rows: RequestLogItem[] = [];
  for (let cursor = ''; ;) {
    const { items, nextCursor } = await stage.admin<{
      items: RequestLogItem[];
      nextCursor: string | null;
    }>('GET', `/logs/requests?pageSize=200${cursor === '' ? '' : `&cursor=${cursor}`}`);
    rows.push(...items);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  for (const { id } of rows) {
    if (!known.has(id)) known.set(id, await stage.admin<LogStory>('GET', `/logs/${id}`));
  }
  return count(
    rows,
    rows.map(({ id }) => known.get(id)?.attempts ?? []),
  );
}

function count(rows: readonly RequestLogItem[], stories: readonly LogStory['attempts'][]): Truth {
  const classes = { succeeded: 0, rateLimited: 0, serverErrors: 0, broken: 0, clientErrors: 0, cancelled: 0 };
  const sums = { requests: rows.length, attempts: 0, promptTokens: 0, completionTokens: 0 };
  const [providers, models] = [new Map<string, Figures>(), new Map<string, Figures>()];
  const counts = () => new Map<string, number>();
  const [keys, proxies, verdicts, tokens] = [counts(), counts(), counts(), counts()];
  rows.forEach((row, index) => {
    const kind = classOf(row);
    classes[kind] += 1;
    if (row.token !== null) add(tokens, row.token);
    sums.promptTokens += row.promptTokens ?? 0;
    sums.completionTokens += row.completionTokens ?? 0;
    for (const figures of [at(providers, row.provider ?? ''), at(models, row.model ?? '')]) {
      figures.requests += 1;
      if (kind === 'succeeded') figures.succeeded += 1;
      if (failedClasses.includes(kind)) figures.failed += 1;
    }
    for (const attempt of stories[index] ?? []) {
      sums.attempts += 1;
      for (const figures of [at(providers, attempt.provider), at(models, row.model ?? '')]) {
        figures.attempts += 1;
        if (isFailed(attempt.verdict)) figures.failedAttempts += 1;
      }
      add(keys, attempt.keyHint);
      add(verdicts, attempt.verdict);
      if (attempt.egressId !== null) add(proxies, attempt.egressId);
    }
  });
  return { ...classes, ...sums, providers, models, keys, proxies, verdicts, tokens };
}

function at(map: Map<string, Figures>, name: string): Figures {
  const known = map.get(name) ?? { requests: 0, succeeded: 0, failed: 0, attempts: 0, failedAttempts: 0 };
  map.set(name, known);
  return known;
}

const add = (map: Map<string, number>, name: string) => map.set(name, (map.get(name) ?? 0) + 1);
