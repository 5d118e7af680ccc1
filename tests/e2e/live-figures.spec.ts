import type { Page } from '@playwright/test';
import type { LogStory, RequestLogItem } from '../../lib/admin/contract/logs';
import type { Overview, StatsRange, UsagePoint, UsageTotals } from '../../lib/admin/contract/stats';
import { createDice } from '../support/dice';
import { parsePrometheus } from '../support/prometheus';
import { hasMicrosocks, startMicrosocks, type TestProxy } from '../support/proxies';
import { chatStream, reply, type Reply } from '../support/scripted-upstream';
import { expect, test, waitUntilLive } from './fixtures';
import { readTruth, type Truth } from './log-truth';
import {
  differences,
  keyFigures,
  keysFigures,
  logFigures,
  overviewFigures,
  proxiesFigures,
  tokenFigures,
  type Figure,
} from './shown-figures';
import { ADMIN_TOKEN, CLIENT_TOKEN, type Stage } from './stage';

test.use({ stageName: 'live-figures' });

/** What the upstream does is in the name of the model. */
const byModel: Reply = (request, response) => {
  const { model = '', stream } = JSON.parse(request.body.toString() || '{}') as {
    model?: string;
    stream?: boolean;
  };
  if (model.startsWith('limited')) return reply.rateLimited({ retryAfter: '600' })(request, response);
  if (model.startsWith('busy')) return reply.error(500, { message: 'overloaded' })(request, response);
  if (model.startsWith('gone'))
    return reply.error(404, {
      message: 'The model does not exist',
      type: 'invalid_request_error',
      code: 'model_not_found',
    })(request, response);
  if (model.startsWith('bad'))
    return reply.error(400, { message: 'Wrong temperature', type: 'invalid_request_error' })(
      request,
      response,
    );
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const events = chatStream(['Hel', 'lo'], { usage });
  if (model.startsWith('cut')) return reply.cutAfter(events.slice(0, 2))(request, response);
  if (stream === true) return reply.sse(events)(request, response);
  return reply.healthy(request, response);
};

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly path?: string;
  readonly token?: string;
}

async function ask(
  stage: Stage,
  { model, stream = false, path = '/v1', token = CLIENT_TOKEN }: Asked,
): Promise<void> {
  const response = await fetch(`${stage.server.url}${path}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.text().catch(() => undefined);
}

const SEED = 20_261_127;
const dice = createDice(SEED);
let limited = 0;
/** Answered whole, streamed and not; rate-limited; failed; cut; refused by the provider and by the gateway. */
const kinds: readonly (() => Asked)[] = [
  () => ({ model: `gpt-live-${dice.below(3)}` }),
  () => ({ model: `gpt-live-${dice.below(3)}`, path: '/second/v1' }),
  () => ({ model: `gpt-live-${dice.below(3)}`, stream: true }),
  // Each its own model: one that rests would not be asked again.
  () => ({ model: `limited-${(limited += 1)}` }),
  () => ({ model: 'busy-one' }),
  () => ({ model: 'cut-one', stream: true }),
  () => ({ model: 'cut-one', stream: true, path: '/second/v1' }),
  () => ({ model: 'bad-one' }),
  () => ({ model: 'gone-one' }),
  () => ({ model: 'gpt-live-0', token: 'wrong' }),
  () => ({ model: 'gpt-live-0', path: '/nobody/v1' }),
];

/** Each kind once, in any order, with good ones in between, so that no breaker opens. */
async function traffic(stage: Stage): Promise<void> {
  const left = kinds.map((kind) => kind());
  while (left.length > 0) {
    const [next] = left.splice(dice.below(left.length), 1);
    if (next !== undefined) await ask(stage, next);
    await ask(stage, { model: `gpt-live-${dice.below(3)}` });
    await ask(stage, { model: `gpt-live-${dice.below(3)}`, path: '/second/v1' });
  }
}

/** Resolves when the live stream has told so many times how much traffic there is, which it does each second. */
async function secondsOfLive(stage: Stage, seconds: number): Promise<void> {
  const gone = new AbortController();
  const response = await fetch(`${stage.server.url}/api/admin/live`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    signal: gone.signal,
  });
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.split('event: rates').length > seconds) break;
  }
  gone.abort();
}

interface LivePage {
  readonly path: string;
  readonly figures: (page: Page, truth: Truth) => Promise<readonly Figure[]>;
}

const livePages: readonly LivePage[] = [
  { path: '/?range=1h', figures: overviewFigures },
  { path: '/', figures: overviewFigures },
  { path: '/?range=7d', figures: overviewFigures },
  { path: '/?range=30d', figures: overviewFigures },
  { path: '/keys', figures: keysFigures },
  { path: '/keys?key=', figures: keyFigures },
  { path: '/proxies', figures: proxiesFigures },
  { path: '/logs', figures: logFigures },
  { path: '/settings?tab=tokens', figures: tokenFigures },
];

/** What those who ask by programs are told. */
async function toldFigures({ admin, server }: Stage, truth: Truth): Promise<Figure[]> {
  const failed = truth.rateLimited + truth.serverErrors + truth.broken;
  const failedAttempts = [...truth.models.values()].reduce((sum, one) => sum + one.failedAttempts, 0);
  const ofTotals = (
    name: string,
    totals: Pick<UsageTotals, 'requests' | 'succeeded' | 'failed' | 'attempts' | 'failedAttempts'>,
  ): Figure[] => [
    [`${name}, requests`, totals.requests, truth.requests],
    [`${name}, succeeded`, totals.succeeded, truth.succeeded],
    [`${name}, failed`, totals.failed, failed],
    [`${name}, attempts`, totals.attempts, truth.attempts],
    [`${name}, failed attempts`, totals.failedAttempts, failedAttempts],
  ];
  const sumOf = (all: readonly UsageTotals[]) => {
    const sum = (of: (one: UsageTotals) => number) => all.reduce((total, one) => total + of(one), 0);
    return {
      requests: sum((one) => one.requests),
      succeeded: sum((one) => one.succeeded),
      failed: sum((one) => one.failed),
      attempts: sum((one) => one.attempts),
      failedAttempts: sum((one) => one.failedAttempts),
    };
  };
  // What was refused before anybody knew its model is no model's.
  const ofModels = truth.requests - (truth.models.get('')?.requests ?? 0);
  const figures: Figure[] = [];
  for (const range of ['1h', '24h', '7d', '30d'] as const satisfies readonly StatsRange[]) {
    const { totals } = await admin<Overview>('GET', `/stats/overview?range=${range}`);
    const { points } = await admin<{ points: UsagePoint[] }>('GET', `/stats/timeseries?range=${range}`);
    const models = await admin<{ items: { totals: UsageTotals }[] }>(
      'GET',
      `/stats/models?range=${range}&limit=500`,
    );
    figures.push(
      ...ofTotals(`overview of ${range}`, totals),
      ...ofTotals(`series of ${range}`, sumOf(points)),
      [`requests of models of ${range}`, sumOf(models.items.map((item) => item.totals)).requests, ofModels],
    );
  }
  const get = async (path: string) =>
    (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).text();
  const [head = '', ...lines] = (await get('/api/admin/logs/export?format=csv')).trim().split(/\r?\n/);
  const rows = (await get('/api/admin/logs/export?format=jsonl'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RequestLogItem);
  const metrics = parsePrometheus(await get('/metrics'));
  const metric = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    (metrics.get(name)?.samples ?? [])
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  return [
    ...figures,
    ['rows of the CSV file', head.includes('attemptCount') ? lines.length : NaN, truth.requests],
    ['attempts of the exported file', rows.reduce((sum, row) => sum + row.attemptCount, 0), truth.attempts],
    ['metric of requests', metric('openai_balance_requests_total'), truth.requests],
    [
      'metric of broken requests',
      metric('openai_balance_requests_total', { status: 'broken' }),
      truth.broken,
    ],
    [
      'metric of rate-limited requests',
      metric('openai_balance_requests_total', { status: '429' }),
      truth.rateLimited,
    ],
    ['metric of attempts', metric('openai_balance_attempts_total'), truth.attempts],
    ...[...truth.verdicts].map(([verdict, count]): Figure => [
      `metric of ${verdict}`,
      metric('openai_balance_attempts_total', { verdict }),
      count,
    ]),
    [
      'metric of tokens',
      metric('openai_balance_tokens_total', { type: 'completion' }),
      truth.completionTokens,
    ],
  ];
}

test.describe('figures', () => {
  test.skip(!hasMicrosocks, 'needs microsocks');
  let proxy: TestProxy;
  const known = new Map<string, LogStory>();
  let paths: readonly string[] = [];

  test.beforeAll(async ({ stage }) => {
    proxy = await startMicrosocks();
    stage.upstream.fallbackReply = byModel;
    await stage.admin('POST', '/providers', {
      name: 'Second',
      slug: 'second',
      baseUrl: stage.upstream.baseUrl,
    });
    await stage.admin('POST', '/proxies', { text: proxy.url });
    await stage.admin('POST', '/keys/import', {
      provider: 'default',
      text: 'sk-live-a-0001\nsk-live-b-0002\nsk-live-c-0003',
    });
    await stage.admin('POST', '/keys/import', { provider: 'second', text: 'sk-next-d-0004' });
    const { items } = await stage.admin<{ items: { id: string }[] }>('GET', '/keys?provider=default');
    paths = livePages.map(({ path }) => (path === '/keys?key=' ? `${path}${items[0]?.id}` : path));
  });
  test.afterAll(async ({ stage }) => {
    const { items } = await stage.admin<{ items: { id: string }[] }>('GET', '/proxies');
    for (const { id } of items) await stage.admin('DELETE', `/proxies/${id}`);
    await proxy.stop();
  });

  for (const [index, { path, figures }] of livePages.entries()) {
    test(`each figure of ${path} is the log's two seconds after traffic, with the page open`, async ({
      dashboard: page,
      stage,
    }) => {
      test.setTimeout(120_000);
      await page.goto(paths[index] ?? path);
      await waitUntilLive(page);
      await traffic(stage);
      await secondsOfLive(stage, 2);
      const truth = await readTruth(stage, known);
      // Only as long as a busy browser takes to draw what it has.
      await expect.poll(async () => differences(await figures(page, truth)), { timeout: 5_000 }).toEqual([]);
    });
  }

  test('files, the API and the metrics say what the log says', async ({ stage }) => {
    await traffic(stage);
    const truth = await readTruth(stage, known);
    expect(differences(await toldFigures(stage, truth))).toEqual([]);
  });

  test('no figure goes back while traffic flows', async ({ dashboard: page, stage }) => {
    await page.goto('/');
    await waitUntilLive(page);
    const figure = page
      .locator('main dl > div', { has: page.getByText('Requests', { exact: true }) })
      .locator('dd p')
      .first();
    await expect(figure).toHaveText(/^\d+$/);
    await figure.evaluate((element) => {
      const seen: number[] = [];
      Object.assign(window, { seen });
      const note = () => seen.push(Number(element.textContent));
      new MutationObserver(note).observe(element, { characterData: true, childList: true, subtree: true });
    });
    await traffic(stage);
    await traffic(stage);
    const truth = await readTruth(stage, known);
    await expect(figure).toHaveText(String(truth.requests));
    const seen = await page.evaluate(() => (window as unknown as { seen: number[] }).seen);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(0);
  });
});

/** Counts the questions that a page asks, but for the stream. */
function countAsks(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/') && pathname !== '/api/admin/live') count += 1;
  });
  return () => count;
}

/**
 * A context for each: a browser opens six connections to one server, and the stream of each page takes one for good.
 */
async function open(first: Page, paths: readonly string[]): Promise<Page[]> {
  const browser = first.context().browser();
  const cookies = await first.context().cookies();
  const { origin } = new URL(first.url());
  const pages: Page[] = [];
  for (const path of paths) {
    const context = await browser?.newContext({ baseURL: origin, locale: 'en-US' });
    await context?.addCookies(cookies);
    const page = await context?.newPage();
    if (page === undefined) throw new Error('the browser is gone');
    await page.goto(path);
    await waitUntilLive(page);
    pages.push(page);
  }
  return pages;
}

test('a page asks for nothing while nothing happens, and once a second for each of its figures under traffic', async ({
  dashboard,
  stage,
}) => {
  test.setTimeout(150_000);
  stage.upstream.fallbackReply = byModel;
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-live-0001' });
  /** What a page may ask in 30 s without traffic, and each second with it. */
  const paths: readonly (readonly [path: string, idle: number, figures: number])[] = [
    // What needs attention may end with nothing happening: that is asked for every five seconds, on every page; and
    // what has been used of limits comes back: that every ten.
    ['/', 15, 6],
    ['/keys', 10, 2],
    ['/providers', 13, 3],
    ['/proxies', 10, 2],
    // New rows in front of those that are shown take a question of their own.
    ['/logs', 12, 4],
    ['/logs?tab=errors', 12, 4],
    ['/settings?tab=tokens', 10, 2],
    ['/settings?tab=jobs', 10, 2],
  ];
  await dashboard.goto('/');
  const pages = await open(
    dashboard,
    paths.map(([path]) => path),
  );
  for (const page of pages) await page.waitForLoadState('networkidle').catch(() => undefined);
  const asks = pages.map(countAsks);
  /** So many questions were asked while the server has told of 30 seconds. */
  const asksMeanwhile = async (traffic: () => Promise<unknown>) => {
    const from = asks.map((count) => count());
    let isOver = false;
    const end = secondsOfLive(stage, 30).then(() => (isOver = true));
    const flow = async () => {
      while (!isOver) await traffic();
    };
    await Promise.all([end, flow()]);
    return asks.map((count, index) => count() - (from[index] ?? 0));
  };
  const idle = await asksMeanwhile(() => secondsOfLive(stage, 1));
  for (const [index, [path, idleMax]] of paths.entries()) {
    expect(idle[index], `${path} while nothing happens`).toBeLessThanOrEqual(idleMax);
  }
  const busy = await asksMeanwhile(() => ask(stage, { model: 'gpt-live-busy' }));
  for (const [index, [path, , figures]] of paths.entries()) {
    expect(busy[index], `${path} under traffic`).toBeLessThanOrEqual(figures * 31 + 3);
  }
  for (const path of ['/', '/logs', '/settings?tab=tokens']) {
    expect(busy[paths.findIndex(([name]) => name === path)], `${path} under traffic`).toBeGreaterThan(5);
  }
  for (const page of pages) await page.context().close();
});
