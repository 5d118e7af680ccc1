import type { CDPSession, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { makeBusy } from './busy-gateway';

test.use({ stageName: 'weight' });

const PAGE_BYTES_MAX = 350_000;
const LOGIN_BYTES_MAX = 150_000;
const PAGES = [
  '/',
  '/explore',
  '/keys',
  '/providers',
  '/models',
  '/playground',
  '/proxies',
  '/logs',
  '/logs?tab=errors',
  '/logs?tab=incidents',
  '/settings',
];

interface Load {
  readonly url: string;
  readonly encoding: string;
  bytes: number;
}

/** All that a page loads with nothing in the cache, in bytes on the wire, heads included. */
async function weigh(page: Page, address: string, ready: () => Promise<void>): Promise<Load[]> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const loads = new Map<string, Load>();
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  session.on('Network.responseReceived', ({ requestId, response }) => {
    const { url, headers } = response;
    const encoding = headers['content-encoding'] ?? headers['Content-Encoding'] ?? 'identity';
    loads.set(requestId, { url, encoding, bytes: response.encodedDataLength });
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const load = loads.get(requestId);
    if (load !== undefined) load.bytes = encodedDataLength;
  });
  await page.goto(address);
  await ready();
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await session.detach();
  return [...loads.values()].filter(({ url }) => !url.includes('/api/admin/live'));
}

function expectLight(loads: readonly Load[], bytesMax: number): void {
  const bytes = loads.reduce((sum, load) => sum + load.bytes, 0);
  const list = loads
    .toSorted((a, b) => b.bytes - a.bytes)
    .map((load) => `${load.bytes} ${load.encoding} ${new URL(load.url).pathname}`);
  expect(bytes, list.join('\n')).toBeLessThan(bytesMax);
  const scripts = loads.filter(({ url }) => /\.(js|css)$/.test(new URL(url).pathname));
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.filter(({ encoding, bytes: size }) => encoding === 'identity' && size > 2_000)).toEqual([]);
}

test('signing in weighs less than 150 KB', async ({ page, stage }) => {
  const loads = await weigh(page, `${stage.server.url}/login`, () =>
    expect(page.getByLabel('Admin token')).toBeVisible(),
  );
  expectLight(loads, LOGIN_BYTES_MAX);
});

test.describe('with traffic to show', () => {
  test.beforeAll(async ({ stage }) => makeBusy(stage));

  for (const path of PAGES) {
    test(`${path} weighs less than 350 KB with all that it shows by itself`, async ({ dashboard }) => {
      const loads = await weigh(dashboard, path, async () => {
        await expect(dashboard.locator('main')).not.toBeEmpty();
        // The chart is what is drawn last.
        if (path === '/' || path === '/explore')
          await expect(dashboard.locator('[data-chart] rect').first()).toBeVisible();
      });
      expectLight(loads, PAGE_BYTES_MAX);
    });
  }
});
