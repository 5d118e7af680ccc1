import type { Page } from '@playwright/test';
import { expect, signIn, test } from './fixtures';

test.use({ stageName: 'navigation' });

/** Resolves when the page is there, so that Back means the page before it. */
async function go(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible();
}
const range = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });

test.beforeAll(async ({ stage }) => {
  const text = Array.from({ length: 300 }, (_, index) => `sk-walk-${String(index).padStart(16, '0')}`);
  await stage.admin('POST', '/keys/import', { provider: 'default', text: text.join('\n') });
  await stage.chat('model-walked');
});

test('the range, a filter and a tab are found again by the navigation, and the address tells them', async ({
  dashboard: page,
}) => {
  await page.goto('/');
  await range(page, '7 d').click();
  await expect(page).toHaveURL(/\/\?range=7d$/);
  await go(page, 'Keys');
  await page.getByLabel('Search hint, note or key').fill('team');
  await expect(page).toHaveURL(/\/keys\?search=team$/);
  await go(page, 'Settings');
  await page.getByRole('tab', { name: 'Jobs' }).click();
  await go(page, 'Overview');
  await expect(page).toHaveURL(/\/\?range=7d$/);
  await expect(range(page, '7 d')).toBeChecked();
  await go(page, 'Keys');
  await expect(page).toHaveURL(/\/keys\?search=team$/);
  await expect(page.getByLabel('Search hint, note or key')).toHaveValue('team');
  await go(page, 'Settings');
  await expect(page).toHaveURL(/\/settings\?tab=jobs$/);
  await page.reload();
  await go(page, 'Overview');
  await expect(page).toHaveURL(/\/\?range=7d$/);
});

test('a link without a filter finds the page as it was left, one with a filter wins', async ({
  dashboard: page,
}) => {
  await page.goto('/keys?search=team');
  await go(page, 'Overview');
  await page.locator('main a[href="/keys"]').first().click();
  await expect(page).toHaveURL(/\/keys\?search=team$/);
  await expect(page.getByLabel('Search hint, note or key')).toHaveValue('team');
  await page.goto('/settings?tab=tokens');
  await go(page, 'Proxies');
  await page.locator('main a[href="/settings?find=PROXY_"]').first().click();
  await expect(page).toHaveURL(/\/settings\?find=PROXY_$/);
  await expect(page.getByRole('tab', { name: 'Settings' })).toHaveAttribute('aria-selected', 'true');
});

test('cleared filters stay cleared', async ({ dashboard: page }) => {
  await page.goto('/logs?model=model-walked');
  await go(page, 'Keys');
  await go(page, 'Logs');
  await expect(page).toHaveURL(/\/logs\?model=model-walked$/);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL(/\/logs$/);
  await go(page, 'Keys');
  await go(page, 'Logs');
  await expect(page.getByRole('grid', { name: 'Requests' })).toBeVisible();
  await expect(page).toHaveURL(/\/logs$/);
});

test('Back and Forward lead to each view as its address says', async ({ dashboard: page }) => {
  await page.goto('/keys');
  await go(page, 'Logs');
  await go(page, 'Keys');
  await page.getByLabel('Search hint, note or key').fill('team');
  await expect(page).toHaveURL(/search=team$/);
  await go(page, 'Overview');
  await page.goBack();
  await expect(page.getByLabel('Search hint, note or key')).toHaveValue('team');
  await page.goBack();
  await expect(page).toHaveURL(/\/logs$/);
  await page.goBack();
  await expect(page.getByLabel('Search hint, note or key')).toHaveValue('');
  await expect(page).toHaveURL(/\/keys$/);
  await page.goForward();
  await page.goForward();
  await expect(page.getByLabel('Search hint, note or key')).toHaveValue('team');
});

test('Back finds a list where it was scrolled to, a link its top', async ({ dashboard: page }) => {
  await page.goto('/keys');
  const top = () =>
    page.getByRole('grid', { name: 'Keys' }).evaluate((grid) => grid.parentElement?.scrollTop ?? -1);
  await expect(page.getByRole('grid', { name: 'Keys' })).toHaveAttribute('aria-rowcount', '301');
  await page
    .getByRole('grid', { name: 'Keys' })
    .evaluate((grid) => grid.parentElement?.scrollTo({ top: 3000 }));
  await expect(page.locator('[aria-rowindex="90"]')).toBeVisible();
  await go(page, 'Logs');
  await page.goBack();
  await expect(page.locator('[aria-rowindex="90"]')).toBeVisible();
  expect(await top()).toBe(3000);
  await go(page, 'Logs');
  await go(page, 'Keys');
  await expect(page.locator('[aria-rowindex="2"]')).toBeVisible();
  expect(await top()).toBe(0);
});

test('a list that is scrolled before the scripts have come stays where it is', async ({
  dashboard: page,
}) => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/_next/static/**/*.js', async (route) => {
    await released;
    await route.continue();
  });
  await page.goto('/keys', { waitUntil: 'commit' });
  const grid = page.getByRole('grid', { name: 'Keys' });
  await expect(grid).toHaveAttribute('aria-rowcount', '301');
  await grid.evaluate((element) => element.parentElement?.scrollTo({ top: 3000 }));
  release();
  await expect(page.locator('[aria-rowindex="90"]')).toBeVisible();
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  expect(await grid.evaluate((element) => element.parentElement?.scrollTop)).toBe(3000);
});

test('a new tab from a link shows the same, and from then on goes its own way', async ({
  dashboard: page,
  context,
}) => {
  await page.goto('/?range=7d');
  await go(page, 'Keys');
  const opened = context.waitForEvent('page');
  await page
    .getByRole('navigation')
    .getByRole('link', { name: 'Overview' })
    .click({ modifiers: ['ControlOrMeta'] });
  const other = await opened;
  await expect(range(other, '7 d')).toBeChecked();
  await range(other, '1 h').click();
  await expect(other).toHaveURL(/range=1h$/);
  await go(page, 'Overview');
  await expect(range(page, '7 d')).toBeChecked();
  await other.close();
});

test('signing out forgets how pages were left', async ({ page, stage }) => {
  await page.goto(`${stage.server.url}/login`);
  await signIn(page);
  await range(page, '7 d').click();
  await expect(page).toHaveURL(/range=7d/);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/login/);
  await signIn(page);
  await go(page, 'Keys');
  await go(page, 'Overview');
  await expect(range(page, '24 h')).toBeChecked();
  await expect(page).toHaveURL(/\/$/);
});

test('lines have gaps where nothing was answered, no curves, and a dot for a value that stands alone', async ({
  dashboard: page,
}) => {
  await page.route('**/api/admin/stats/timeseries*', async (route) => {
    const response = await route.fetch();
    const series = (await response.json()) as { points: Record<string, unknown>[] };
    const latencies = [5, 90, null, null, 700, null, 40, 50, 60];
    series.points.forEach((point, index) => {
      const ms = latencies[index] ?? null;
      Object.assign(point, { latencyP50Ms: ms, latencyP95Ms: ms, requests: ms === null ? 0 : 1 });
    });
    await route.fulfill({ response, json: series });
  });
  await page.goto('/?metric=latency');
  const lines = page.locator('[data-chart=latency] path[data-series]');
  await expect(lines).toHaveCount(2);
  // The document has its own first figures; what is asked for comes a moment later.
  await expect(lines.first()).toHaveAttribute('d', /^(M[^M]+){3}$/);
  await expect(lines.first()).not.toHaveAttribute('d', /[CQSA]/);
  await expect(page.locator('[data-chart=latency] circle')).toHaveCount(2);
});
