import type { Overview } from '../../lib/admin/contract/stats';
import { reply } from '../support/scripted-upstream';
import { expect, test } from './fixtures';

test.use({ stageName: 'overview' });

test('tells how each figure stands to the time before, and nothing where there was none', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-overview-0123456789abcdef-01' });
  await stage.chat('gpt-4o-mini');
  await page.goto('/');
  const requests = page.locator('main dl > div', { has: page.getByText('Requests', { exact: true }) });
  await expect(requests).toContainText('/min now');
  await expect(requests).not.toContainText('beside the time before');
  await expect(page.getByText('Changes: beside the')).toHaveCount(0);

  await page.route('**/api/admin/stats/overview*', async (route) => {
    const response = await route.fetch();
    const overview = (await response.json()) as Overview;
    const { totals, compared } = overview;
    if (compared === null) throw new Error('Nothing to compare with was asked for');
    const before = { ...totals, requests: 50, successRate: 0.9, latencyP50Ms: 200, promptTokens: 0 };
    await route.fulfill({
      json: {
        ...overview,
        totals: { ...totals, requests: 56, successRate: 0.95, latencyP50Ms: 100 },
        before,
        // A gateway that just began knows nothing of the time before.
        compared: { ...compared, isCut: false },
      },
    });
  });
  await page.reload();
  await expect(requests).toContainText('+12 %');
  await expect(page.locator('main dl > div', { hasText: 'Success' })).toContainText('+5.0');
  await expect(page.locator('main dl > div', { hasText: 'Latency, median' })).toContainText('−50 %');
  await expect(page.getByText('Changes: beside the 24 h before')).toBeVisible();
});

test('tells what the gateway has saved, with what counts, and says so where it does not know', async ({
  dashboard: page,
  stage,
}) => {
  const keys = ['03', '04'].map((name) => `sk-overview-0123456789abcdef-${name}`);
  await stage.admin('POST', '/keys/import', { provider: 'default', text: keys.join('\n') });
  for (const key of keys) stage.upstream.forKey(key, reply.error(500), reply.healthy);
  for (let times = 0; times < 6; times += 1) expect(await stage.chat('gpt-4o-mini')).toBe(200);
  const { totals } = await stage.admin<Overview>('GET', '/stats/overview');
  expect(totals.rescued).toBeGreaterThan(0);

  await page.goto('/');
  const saved = page.locator('main dl > div', { hasText: 'Rescued' });
  await expect(saved.locator('dd p').first()).toHaveText(String(totals.rescued));
  await expect(saved).toContainText(`${(totals.attempts / totals.requests).toFixed(2)} attempts a request`);
  await saved.getByRole('button').focus();
  await expect(page.getByRole('tooltip')).toContainText('though an attempt failed');

  await page.route('**/api/admin/stats/overview*', async (route) => {
    const overview = (await (await route.fetch()).json()) as Overview;
    await route.fulfill({ json: { ...overview, totals: { ...overview.totals, rescued: null } } });
  });
  await page.reload();
  await expect(saved).toContainText('not counted for all of that time');
});
