import { expect, test } from './fixtures';
import { makeBusy } from './busy-gateway';

test.use({ stageName: 'first-figures' });
test.beforeAll(async ({ stage }) => makeBusy(stage));

const figures = {
  '/': /\d+ failed/,
  '/explore': /gpt/,
  '/keys': /\d+ active/,
  '/providers': /default/,
  '/proxies': /127\.0\.0\.1/,
  '/logs': /gpt/,
  '/logs?tab=errors': /503/,
};
for (const [path, figure] of Object.entries(figures)) {
  test(`${path} shows its figures before any script has run`, async ({ browser, stage, sessionCookies }) => {
    const context = await browser.newContext({ baseURL: stage.server.url, javaScriptEnabled: false });
    await context.addCookies(sessionCookies);
    const page = await context.newPage();
    await page.goto(path);
    await expect(page.locator('main')).toContainText(figure);
    await expect(page.locator('main .animate-sheen')).toHaveCount(0);
    await context.close();
  });
}

test('whoever has not signed in gets none of them', async ({ request, stage }) => {
  const { items } = await stage.admin<{ items: { hint: string }[] }>('GET', '/keys');
  expect(items.length).toBeGreaterThan(0);
  for (const path of ['/', '/keys', '/providers', '/proxies', '/logs']) {
    const response = await request.get(path, {
      headers: { 'sec-fetch-dest': 'document', cookie: 'next-auth.session-token=made-up' },
      maxRedirects: 0,
    });
    expect(response.status()).toBe(307);
    expect(await response.text()).not.toContain(items[0]?.hint);
  }
});

test('a link of another site leads to the page all the same', async ({ dashboard, stage }) => {
  await dashboard.route('http://elsewhere.test/', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<a href="${stage.server.url}/keys">keys</a>` }),
  );
  await dashboard.goto('http://elsewhere.test/');
  await dashboard.getByRole('link').click();
  await expect(dashboard.getByRole('grid')).toBeVisible();
});

test('what the server says is what the browser then draws', async ({ dashboard }) => {
  // React says so when it is not, and the page fails the test by that.
  for (const path of [
    '/',
    '/?range=7d',
    '/explore',
    '/explore?group=key&range=7d',
    '/keys',
    '/keys?status=active',
    '/providers',
    '/proxies',
    '/logs',
    '/logs?tab=incidents',
  ]) {
    await dashboard.goto(path);
    await expect(dashboard.locator('[data-live="live"]')).toBeVisible();
  }
});

declare global {
  interface Window {
    /** What the page has said, picture by picture. */
    seenTexts: string[];
  }
}

test('times go on from those of the document', async ({ dashboard }) => {
  await dashboard.addInitScript(() => {
    window.seenTexts = [];
    const look = () => {
      window.seenTexts.push(document.querySelector('main')?.innerText ?? '');
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await dashboard.goto('/keys?status=cooling');
  await expect(dashboard.locator('[data-live="live"]')).toBeVisible();
  const texts = await dashboard.evaluate(() => window.seenTexts);
  // The rests of these keys are minutes, and not the days since 1970.
  expect(texts.some((text) => /\b\d:\d\d\b/.test(text))).toBe(true);
  expect(texts.filter((text) => /\d{3,} d/.test(text))).toEqual([]);
});
