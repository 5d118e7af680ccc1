import type { Load } from '../load/load';
import type { Gateway } from '../rows';
import { SMALL_CHAT } from '../traffic';

const ROUNDS = 5;
const PER_SECOND = 50;
const CLIENT_TOKEN = 'bench-client-token-0123456789';

export interface Asked {
  readonly path: string;
  /** The first one, when nothing of it was read yet. */
  readonly coldMs: number;
  readonly medianMs: number;
  readonly worstMs: number;
  /** Of the last answer: how many items it has, and whether it is whole. */
  readonly found: string;
}

export const trafficOf = (port: number, seconds: number) => ({
  kind: 'open' as const,
  perSecond: PER_SECOND,
  seconds,
  port,
  path: '/groq/v1/chat/completions',
  headers: { authorization: `Bearer ${CLIENT_TOKEN}` },
  body: SMALL_CHAT,
});

/** Every question that has `only` in it, each several times, while small requests come in. */
export async function askAll(gateway: Gateway, load: Load, only: string): Promise<Asked[]> {
  const asked: Asked[] = [];
  const paths = (await questions(gateway)).filter((path) => path.includes(only));
  let isOver = false;
  const traffic = (async () => {
    while (!isOver) await load.run(trafficOf(gateway.port, 5));
  })();
  for (const path of paths) {
    const times: number[] = [];
    let found = '';
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedAt = performance.now();
      const answer = await gateway.ask<Readonly<Record<string, unknown>>>('GET', path);
      times.push(performance.now() - startedAt);
      found = whatWasFound(answer);
    }
    const sorted = times.toSorted((a, b) => a - b);
    const [coldMs = 0] = times;
    asked.push({ path, coldMs, medianMs: sorted[ROUNDS >> 1] ?? 0, worstMs: sorted.at(-1) ?? 0, found });
    const last = asked.at(-1);
    if (last !== undefined) console.log(lineOf(last));
  }
  isOver = true;
  await traffic;
  return asked;
}

function whatWasFound(answer: Readonly<Record<string, unknown>>): string {
  const { items, total, isComplete } = answer;
  const count = Array.isArray(items) ? `${items.length} items` : '';
  const whole = isComplete === false ? 'cut' : '';
  return [count, typeof total === 'number' ? `total ${total}` : '', whole]
    .filter((part) => part !== '')
    .join(', ');
}

interface Row {
  readonly id: string;
  readonly at: number;
  readonly requestId: string;
  readonly keyId: string;
  readonly token: string;
  readonly upstreamId: string;
}

const HOUR_MS = 3_600_000;
const daysAgo = (days: number) => Date.now() - days * 24 * HOUR_MS;
const pairs = (of: Readonly<Record<string, string>>) =>
  Object.entries(of).map(([name, value]) => `${name}=${value}`);
const isOfRequests = (query: string) =>
  ['token', 'result', 'durationMsMin'].some((name) => query.includes(name));

/** What the pages ask, with every filter, sort and range that they offer. */
async function questions({ ask }: Gateway): Promise<string[]> {
  const rowAt = async (to: number) =>
    (await ask<{ items: Row[] }>('GET', `/logs/requests?pageSize=1&to=${to}`)).items[0];
  const old = await rowAt(daysAgo(14));
  const recent = await rowAt(daysAgo(0.2));
  if (old === undefined || recent === undefined) throw new Error('the log has no old rows');
  return [...ofLogs(old, recent), ...ofStatistics(old), ...ofTheRest(old)];
}

function ofLogs(old: Row, recent: Row): string[] {
  const filters = pairs({
    ...{ provider: 'groq', keyId: old.keyId, model: 'model-7', token: encodeURIComponent(old.token) },
    ...{ status: '500', result: 'failed', outcome: 'cut', durationMsMin: '7900' },
  });
  const nothing = pairs({
    ...{ provider: 'nobody', keyId: 'nobody', model: 'nobody', token: 'nobody', status: '418' },
    ...{ outcome: 'nobody', durationMsMin: '600000', text: 'nobody-at-all' },
  });
  const aDay = `from=${daysAgo(12)}&to=${daysAgo(11)}`;
  const lists = [
    ...['', `cursor=${old.id}`, 'page=100', ...filters, ...nothing],
    ...filters.map((pair) => `${pair}&cursor=${old.id}`),
    ...[`keyId=${old.keyId}&status=418`, 'provider=groq&model=nobody', 'text=model-7', 'text=does+not+go'],
    ...[old, recent].flatMap(({ requestId, upstreamId }) => [`text=${requestId}`, `text=${upstreamId}`]),
    ...[`from=${daysAgo(7)}`, aDay, `${aDay}&status=418`],
    ...['searchMs=100', 'searchMs=100&status=418'],
  ];
  const since = daysAgo(29);
  const bars = ['', ...filters, `from=${daysAgo(7)}`, `from=${since}`, `from=${since}&status=418`];
  const asked = (kind: string, queries: readonly string[]) =>
    queries.map((query) => `/logs/${kind}?pageSize=100&${query}`);
  return [
    ...asked('requests', lists),
    ...asked(
      'errors',
      lists.filter((query) => !isOfRequests(query)),
    ),
    ...bars.map((query) => `/logs/requests/histogram?${query}`),
    ...bars.filter((query) => !isOfRequests(query)).map((query) => `/logs/errors/histogram?${query}`),
    `/logs/${old.id}`,
  ];
}

function ofStatistics({ keyId }: Row): string[] {
  const ranges = ['1h', '24h', '7d', '30d'];
  const names = ['overview', 'timeseries', 'providers', 'models', 'tokens', 'keys'];
  const groups = ['none', 'model', 'provider', 'token', 'key', 'proxy', 'status', 'verdict'];
  return [
    ...ranges.flatMap((range) => names.map((name) => `/stats/${name}?range=${range}`)),
    ...ranges.flatMap((range) => groups.map((group) => `/stats/explore?range=${range}&groupBy=${group}`)),
    `/stats/explore?range=30d&groupBy=none&keyId=${keyId}`,
    '/stats/explore?range=30d&groupBy=model&proxy=proxy-1',
    '/stats/explore?range=30d&groupBy=model&verdict=rate_limited',
    ...['/stats/attention', '/stats/capacity'],
  ];
}

function ofTheRest({ keyId }: Row): string[] {
  const sorts = ['', '&sort=requests&order=desc', '&search=xyz'];
  const names = ['tokens', 'providers', 'proxies', 'audit', 'incidents', 'jobs', 'tasks', 'instances'];
  return [
    ...sorts.map((query) => `/keys?pageSize=50${query}`),
    ...[`/keys/${keyId}`, `/keys/${keyId}/usage?range=30d`, `/keys/${keyId}/failures`],
    ...[...names, 'views', 'settings', 'session'].map((name) => `/${name}`),
  ];
}

export function print(all: readonly Asked[]): void {
  console.log('| Question | Cold | Median | Worst | Found |\n|---|---|---|---|---|');
  for (const one of all.toSorted((a, b) => b.worstMs - a.worstMs)) console.log(lineOf(one));
}

function lineOf({ path, coldMs, medianMs, worstMs, found }: Asked): string {
  return `| ${path} | ${[coldMs, medianMs, worstMs].map((ms) => ms.toFixed(0)).join(' | ')} | ${found} |`;
}
