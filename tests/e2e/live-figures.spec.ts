import type { Locator, Page } from '@playwright/test';
import { chatStream, reply, type Reply } from '../support/scripted-upstream';
import { expect, test, waitUntilLive } from './fixtures';
import { ADMIN_TOKEN, CLIENT_TOKEN, type Stage } from './stage';

test.use({ stageName: 'live-figures' });

/** What the upstream does is in the name of the model. */
const byModel: Reply = (request, response) => {
  const { model = '', stream } = JSON.parse(request.body.toString() || '{}') as {
    model?: string;
    stream?: boolean;
  };
  if (model.startsWith('busy')) return reply.error(503, { message: 'overloaded' })(request, response);
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
  if (stream === true) return reply.cutAfter(chatStream(['Hel', 'lo']).slice(0, 2))(request, response);
  return reply.healthy(request, response);
};

async function ask(stage: Stage, model: string, stream = false): Promise<void> {
  const response = await fetch(`${stage.server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CLIENT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.text().catch(() => undefined);
}

/** Of every kind, and how many that are. */
async function mixedTraffic(stage: Stage): Promise<number> {
  const models = [
    ...Array.from({ length: 12 }, (_, index) => `gpt-live-${index % 3}`),
    ...['bad-one', 'bad-one', 'gone-one', 'busy-one', 'busy-one'],
  ];
  for (const model of models) await ask(stage, model);
  for (let i = 0; i < 3; i += 1) await ask(stage, 'gpt-live-cut', true);
  return models.length + 3;
}

async function metricsRequests(stage: Stage): Promise<number> {
  const response = await fetch(`${stage.server.url}/metrics`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const lines = (await response.text()).split('\n');
  return lines
    .filter((line) => line.startsWith('openai_balance_requests_total{'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

const numberOf = (text: string | null) => Number(/[\d,]+/.exec(text ?? '')?.[0].replaceAll(',', '') ?? NaN);

const tile = async (page: Page) =>
  numberOf(
    await page
      .locator('main dl > div', { has: page.getByText('Requests', { exact: true }) })
      .locator('dd p')
      .first()
      .textContent(),
  );

/** The sum over the table that stands beside the drawing. */
const chart = (page: Page) =>
  page
    .locator('figure table td')
    .evaluateAll((cells) =>
      cells.reduce((sum, cell) => sum + Number(cell.textContent.replaceAll(',', '')), 0),
    );

const providersTable = async (page: Page) =>
  (await columnOf(page.getByRole('group', { name: 'Providers' }).locator('table'), 'Requests')).reduce(
    (sum, figure) => sum + figure,
    0,
  );

/** Counted from the right: what is no provider's has fewer cells. */
async function columnOf(table: Locator, heading: string): Promise<number[]> {
  const headings = await table.locator('thead th').allTextContents();
  const fromRight = headings.length - headings.findIndex((text) => text.trim() === heading);
  const cells = await table.locator(`tbody tr > :nth-last-child(${fromRight})`).allTextContents();
  return cells.map(numberOf);
}

const logTotal = async (page: Page) => {
  const text = await page
    .getByText(/^[\d,]+ of (about )?[\d,]+/)
    .first()
    .textContent();
  return numberOf(text?.slice(text.indexOf('of')) ?? null);
};

interface Shown {
  readonly path: string;
  readonly read: (page: Page) => Promise<number>;
}

/** Each page that shows how many requests there were. */
const counting: readonly Shown[] = [
  { path: '/?range=1h', read: tile },
  { path: '/?range=1h', read: chart },
  { path: '/', read: tile },
  { path: '/', read: providersTable },
  { path: '/', read: chart },
  { path: '/?range=7d', read: tile },
  { path: '/?range=30d', read: chart },
  { path: '/logs', read: logTotal },
];

/** Counts the questions that a page asks, but for the stream. */
function countAsks(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/') && pathname !== '/api/admin/live') count += 1;
  });
  return () => count;
}

/** A context for each: a browser opens six connections to one server, and the stream of each page takes one for good. */
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

test('every page says what the log, the metrics and the API say, without a reload, and never goes backwards', async ({
  dashboard,
  stage,
}) => {
  test.setTimeout(120_000);
  stage.upstream.fallbackReply = byModel;
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-live-0001\nsk-live-0002' });
  await ask(stage, 'gpt-live-0');
  await dashboard.goto('/');
  const pages = await open(
    dashboard,
    counting.map(({ path }) => path),
  );
  const shown = () => Promise.all(counting.map(({ read }, index) => read(pages[index] ?? dashboard)));
  let sent = 1;
  let before = counting.map(() => 0);
  for (let round = 0; round < 4; round += 1) {
    sent += await mixedTraffic(stage);
    const now = await shown();
    expect(now.every((figure, index) => figure >= (before[index] ?? 0) && figure <= sent)).toBe(true);
    before = now;
  }
  await expect.poll(shown).toEqual(counting.map(() => sent));
  expect(await metricsRequests(stage)).toBe(sent);
  for (const range of ['1h', '24h', '7d', '30d']) {
    const overview = await stage.admin<{ totals: { requests: number } }>(
      'GET',
      `/stats/overview?range=${range}`,
    );
    expect(overview.totals.requests).toBe(sent);
    const series = await stage.admin<{ points: { requests: number }[] }>(
      'GET',
      `/stats/timeseries?range=${range}`,
    );
    expect(series.points.reduce((sum, { requests }) => sum + requests, 0)).toBe(sent);
  }
  expect(await stage.admin('GET', '/logs/requests?pageSize=1')).toMatchObject({ total: sent });
  for (const page of pages) await page.context().close();
});

test('a page asks for nothing while nothing happens, and once a second for each of its figures under traffic', async ({
  dashboard,
  stage,
}) => {
  test.setTimeout(150_000);
  stage.upstream.fallbackReply = byModel;
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-live-0001' });
  /** What a page may ask in 30 s without traffic, and each second with it. */
  const paths: readonly (readonly [path: string, figures: number])[] = [
    ['/', 5],
    ['/keys', 1],
    ['/providers', 1],
    ['/proxies', 1],
    // New rows in front of those that are shown take a question of their own.
    ['/logs', 3],
    ['/logs?tab=errors', 3],
    ['/settings?tab=tokens', 1],
    ['/settings?tab=jobs', 1],
  ];
  await dashboard.goto('/');
  const pages = await open(
    dashboard,
    paths.map(([path]) => path),
  );
  for (const page of pages) await page.waitForLoadState('networkidle').catch(() => undefined);
  const asks = pages.map(countAsks);
  const windowEnd = async (ms: number, meanwhile: () => Promise<unknown>) => {
    const from = asks.map((count) => count());
    const until = Date.now() + ms;
    while (Date.now() < until) await meanwhile();
    const seconds = (Date.now() - until + ms) / 1_000;
    return { seconds, counts: asks.map((count, index) => count() - (from[index] ?? 0)) };
  };
  // Windows of time move on: a figure may be asked for once a minute.
  const idle = await windowEnd(30_000, () =>
    dashboard.evaluate(() => new Promise((r) => setTimeout(r, 500))),
  );
  for (const [index, [path, figures]] of paths.entries()) {
    expect(idle.counts[index], `${path} while nothing happens`).toBeLessThanOrEqual(figures + 3);
  }
  const busy = await windowEnd(30_000, () => ask(stage, 'gpt-live-busy'));
  for (const [index, [path, figures]] of paths.entries()) {
    expect(busy.counts[index], `${path} under traffic`).toBeLessThanOrEqual(figures * (busy.seconds + 1) + 3);
  }
  for (const path of ['/', '/logs', '/settings?tab=tokens']) {
    expect(busy.counts[paths.findIndex(([name]) => name === path)], `${path} under traffic`).toBeGreaterThan(
      5,
    );
  }
  for (const page of pages) await page.context().close();
});
