import { reply } from '../support/scripted-upstream';
import { expect, test, waitUntilLive } from './fixtures';
import type { Stage } from './stage';

test.use({ stageName: 'incidents' });

const KEYS = Array.from({ length: 3 }, (_, i) => `sk-${'0123456789abcdef'.repeat(2)}-in${i}`);

/** The provider fails all that it is asked for, until the upstream is reset. */
async function goDown(stage: Stage): Promise<void> {
  stage.upstream.fallbackReply = reply.error(503);
  for (let i = 0; i < 4; i++) await stage.chat('gpt-4o');
}

test.beforeAll(async ({ stage }) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: KEYS.join('\n') });
});

test('what is out stands in the history while it lasts and when it is over, in the same words', async ({
  stage,
  dashboard,
}) => {
  await dashboard.goto('/');
  await waitUntilLive(dashboard);
  const card = dashboard.locator('section', { hasText: 'Needs attention' });
  await goDown(stage);
  await expect(card.getByRole('link', { name: /answers 503 since \d\d:\d\d/ })).toBeVisible();
  await card.getByRole('link', { name: 'History' }).click();

  await expect(dashboard).toHaveURL(/\/logs\?tab=incidents$/);
  const rows = dashboard.locator('[data-incident="provider"]');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(/answers 503 since \d\d:\d\d: 4 requests failed/);
  await expect(rows).toContainText('lasts');
  const trouble = dashboard.getByRole('navigation', { name: 'What is out now' });
  await expect(trouble.getByRole('link', { name: 'What was out' })).toHaveAttribute(
    'href',
    '/logs?tab=incidents',
  );
  const sentence = await trouble.locator('.truncate').textContent();
  await expect(rows.getByRole('link')).toContainText(sentence ?? '');

  stage.upstream.reset();
  await expect(rows).toHaveAttribute('data-lasts', 'false');
  await expect(rows).toContainText(/answers 503 since \d\d:\d\d: 4 requests failed/);
  await expect(rows.locator('time')).toHaveCount(2);
  await expect(trouble).toHaveCount(0);

  await rows.getByRole('link').press('Enter');
  await expect(dashboard).toHaveURL(/\/logs\?tab=errors&provider=default&from=[^&]+&to=[^&]+$/);
  await expect(dashboard.getByRole('grid', { name: 'Errors' }).getByRole('row').nth(1)).toBeVisible();
});

test('the history is searched by kind and time, which stand in its address, and comes as a file', async ({
  stage,
  dashboard,
}) => {
  await goDown(stage);
  await dashboard.goto('/logs?tab=incidents');
  await waitUntilLive(dashboard);
  const rows = dashboard.locator('[data-incident]');
  const ofProvider = dashboard.locator('[data-incident="provider"]');
  await expect(ofProvider.first()).toBeVisible();

  await dashboard.getByRole('combobox', { name: 'Kind' }).click();
  await dashboard.getByRole('option', { name: 'Proxy out', exact: true }).click();
  await expect(dashboard.getByText('No incident matches')).toBeVisible();
  await expect(rows).toHaveCount(0);
  await dashboard.getByRole('combobox', { name: 'Kind' }).click();
  await dashboard.getByRole('option', { name: 'Provider out', exact: true }).click();
  await expect(ofProvider.first()).toBeVisible();
  await dashboard.getByRole('combobox', { name: 'Time' }).click();
  await dashboard.getByRole('option', { name: 'Last hour' }).click();
  await expect(dashboard).toHaveURL(/tab=incidents&kind=provider&since=1h$/);
  await dashboard.reload();
  await expect(ofProvider.first()).toBeVisible();

  const download = dashboard.waitForEvent('download');
  await dashboard.getByRole('link', { name: 'Export as CSV' }).click();
  expect((await download).suggestedFilename()).toBe('incidents.csv');
  await dashboard.getByRole('button', { name: 'Clear filters' }).click();
  await expect(dashboard).toHaveURL(/\/logs\?tab=incidents$/);
  stage.upstream.reset();
});

test('a list that cannot be had says so, and is there once it can', async ({ dashboard }) => {
  await dashboard.goto('/settings?tab=jobs');
  await waitUntilLive(dashboard);
  let isOut = true;
  const failure = { error: { code: 'internal_error', message: 'Something went wrong' } };
  await dashboard.route('**/api/admin/incidents?*', (route) =>
    isOut ? route.fulfill({ status: 500, json: failure }) : route.continue(),
  );
  await dashboard.evaluate(() => window.next.router.push('/logs?tab=incidents'));
  const retry = dashboard.locator('main').getByRole('button', { name: /again/i });
  await expect(retry).toBeVisible();
  isOut = false;
  // It may have asked again by itself meanwhile.
  await retry.click({ timeout: 2_000 }).catch(() => undefined);
  await expect(dashboard.locator('[data-incident]').first()).toBeVisible();
});

declare global {
  interface Window {
    /** The router of the pages. */
    readonly next: { readonly router: { push(path: string): void } };
  }
}
