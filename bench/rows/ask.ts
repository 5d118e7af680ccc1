import type { Load } from '../load/load';
import type { Gateway } from '../rows';
import { SMALL_CHAT } from '../traffic';

const ROUNDS = 5;
const PER_SECOND = 50;
const CLIENT_TOKEN = 'bench-client-token-0123456789';
const HOUR_MS = 3_600_000;

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

/** What the pages ask, with every filter, sort and range that they offer. */
async function questions({ ask }: Gateway): Promise<string[]> {
  const now = Date.now();
  const dayAgo = (days: number) => now - days * 24 * HOUR_MS;
  const rowAt = async (to: number) =>
    (await ask<{ items: Row[] }>('GET', `/logs/requests?pageSize=1&to=${to}`)).items[0];
  const old = await rowAt(dayAgo(27));
  const recent = await rowAt(dayAgo(0.2));
  if (old === undefined || recent === undefined) throw new Error('the log has no old rows');
  const filters = {
    provider: 'groq',
    keyId: old.keyId,
    model: 'model-7',
    token: encodeURIComponent(old.token),
    status: '500',
    result: 'failed',
    outcome: 'cut',
    durationMsMin: '7900',
  };
  const nothing = {
    ...{ provider: 'nobody', keyId: 'nobody', model: 'nobody', token: 'nobody', status: '418' },
    ...{ outcome: 'nobody', durationMsMin: '600000', text: 'nobody-at-all' },
  };
  const pairs = (of: Readonly<Record<string, string>>) =>
    Object.entries(of).map(([name, value]) => `${name}=${value}`);
  const logs = [
    '',
    `cursor=${old.id}`,
    'page=100',
    ...pairs(filters),
    ...pairs(filters).map((pair) => `${pair}&cursor=${old.id}`),
    ...pairs(nothing),
    `keyId=${old.keyId}&status=418`,
    'provider=groq&model=nobody',
    ...[old, recent].flatMap(({ requestId, upstreamId }) => [`text=${requestId}`, `text=${upstreamId}`]),
    'text=model-7',
    'text=does+not+go',
    `from=${dayAgo(7)}`,
    `from=${dayAgo(20)}&to=${dayAgo(19)}`,
    `from=${dayAgo(20)}&to=${dayAgo(19)}&status=418`,
  ];
  const ofRequests = (query: string) =>
    ['token', 'result', 'durationMsMin'].some((name) => query.includes(name));
  const bars = [
    '',
    ...pairs(filters),
    `from=${dayAgo(7)}`,
    `from=${dayAgo(29)}`,
    `from=${dayAgo(29)}&status=418`,
  ];
  const ranges = ['1h', '24h', '7d', '30d'];
  const groups = ['none', 'model', 'provider', 'token', 'key', 'proxy', 'status', 'verdict'];
  return [
    ...logs.map((query) => `/logs/requests?pageSize=100&${query}`),
    ...logs.filter((query) => !ofRequests(query)).map((query) => `/logs/errors?pageSize=100&${query}`),
    '/logs/requests?pageSize=100&searchMs=100',
    '/logs/requests?pageSize=100&searchMs=100&status=418',
    ...bars.map((query) => `/logs/requests/histogram?${query}`),
    ...bars.filter((query) => !ofRequests(query)).map((query) => `/logs/errors/histogram?${query}`),
    `/logs/${old.id}`,
    ...ranges.flatMap((range) =>
      ['overview', 'timeseries', 'providers', 'models', 'tokens', 'keys'].map(
        (name) => `/stats/${name}?range=${range}`,
      ),
    ),
    ...ranges.flatMap((range) =>
      groups.map((group) => `/stats/explore?range=${range}&groupBy=${group}&metric=requests`),
    ),
    `/stats/explore?range=30d&groupBy=none&metric=requests&keyId=${old.keyId}`,
    '/stats/explore?range=30d&groupBy=model&metric=requests&proxy=proxy-1',
    '/stats/explore?range=30d&groupBy=model&metric=requests&verdict=rate_limited',
    '/stats/attention',
    '/stats/capacity',
    ...['', '&sort=requests&order=desc', '&search=xyz'].map((query) => `/keys?pageSize=50${query}`),
    `/keys/${old.keyId}`,
    `/keys/${old.keyId}/usage?range=30d`,
    `/keys/${old.keyId}/failures`,
    '/tokens?pageSize=50',
    '/providers',
    '/proxies',
    '/audit',
    '/incidents',
    '/jobs',
    '/tasks',
    '/instances',
    '/views',
    '/settings',
    '/session',
  ];
}

export function print(all: readonly Asked[]): void {
  console.log('| Question | Cold | Median | Worst | Found |\n|---|---|---|---|---|');
  for (const one of all.toSorted((a, b) => b.worstMs - a.worstMs)) console.log(lineOf(one));
}

function lineOf({ path, coldMs, medianMs, worstMs, found }: Asked): string {
  return `| ${path} | ${[coldMs, medianMs, worstMs].map((ms) => ms.toFixed(0)).join(' | ')} | ${found} |`;
}
