import { reply } from '../support/scripted-upstream';
import { expect, test, waitUntilLive } from './fixtures';

test.use({ stageName: 'attention' });

/** What the product promises. */
const TOLD_MS = 5_000;
const LET_GO_MS = 10_000;
const KEYS = Array.from({ length: 6 }, (_, i) => `sk-${'0123456789abcdef'.repeat(2)}-at${i}`);

test('the overview says in one sentence what is out, with a link, and says so no more when it is over', async ({
  stage,
  dashboard,
}) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: KEYS.join('\n') });
  await dashboard.goto('/');
  await waitUntilLive(dashboard);
  const card = dashboard.locator('section', { hasText: 'Needs attention' });
  await expect(card.getByText('Everything is well')).toBeVisible();

  for (const key of KEYS.slice(0, 3)) {
    stage.upstream.forKey(key, reply.rateLimited({ retryAfter: '8' }), reply.healthy);
  }
  for (let i = 0; i < 4; i++) expect(await stage.chat('gpt-4o')).toBe(200);
  const resting = card.getByRole('link', { name: /3 of 6 keys of .+ rest for gpt-4o, the next is back in/ });
  await expect(resting).toBeVisible({ timeout: TOLD_MS });
  await expect(resting).toHaveAttribute('href', /^\/keys\?provider=default&status=cooling&model=gpt-4o$/);
  await expect(card.getByText('Everything is well')).toBeVisible({ timeout: LET_GO_MS });

  stage.upstream.fallbackReply = reply.error(503);
  for (const key of KEYS) stage.upstream.forKey(key, reply.error(503));
  for (let i = 0; i < 4; i++) await stage.chat('gpt-4o');
  const down = card.getByRole('link', { name: /answers 503 since \d\d:\d\d: 4 requests failed/ });
  await expect(down).toBeVisible({ timeout: TOLD_MS });
  stage.upstream.reset();
  await expect(card.getByText('Everything is well')).toBeVisible({ timeout: LET_GO_MS });
});

test('every other page says the worst of it too, and the tab has a dot, until it is over', async ({
  stage,
  dashboard,
}) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: KEYS.join('\n') });
  await dashboard.goto('/logs');
  await waitUntilLive(dashboard);
  const icon = dashboard.locator('head link[rel="icon"]').first();
  const trouble = dashboard.getByRole('navigation', { name: 'What is out now' });
  await expect(trouble).toHaveCount(0);
  await expect(dashboard).toHaveTitle('Logs · OpenAI Balance');
  const ownIcon = (await icon.getAttribute('href')) ?? '';

  for (const key of KEYS) stage.upstream.forKey(key, reply.error(503));
  for (let i = 0; i < 4; i++) await stage.chat('gpt-4o');
  await expect(trouble.getByRole('link', { name: /answers 503 since \d\d:\d\d/ })).toBeVisible({
    timeout: TOLD_MS,
  });
  await expect(dashboard).toHaveTitle('● Logs · OpenAI Balance');
  await expect(icon).toHaveAttribute('href', '/icons/trouble.svg');
  expect((await dashboard.request.get('/icons/trouble.svg')).status()).toBe(200);
  await dashboard.getByRole('link', { name: 'Keys', exact: true }).first().click();
  await expect(dashboard).toHaveTitle('● Keys · OpenAI Balance');
  await expect(trouble).toBeVisible();

  stage.upstream.reset();
  await expect(trouble).toHaveCount(0, { timeout: LET_GO_MS });
  await expect(dashboard).toHaveTitle('Keys · OpenAI Balance');
  await expect(icon).toHaveAttribute('href', ownIcon);
});
