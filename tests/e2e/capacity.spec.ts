import type { Page } from '@playwright/test';
import { chatCompletion, reply } from '../support/scripted-upstream';
import { expect, test } from './fixtures';
import type { Stage } from './stage';

test.use({ stageName: 'capacity' });

interface Item {
  readonly id: string;
}

const keyOf = (name: string) => `sk-capacity-0123456789abcdef-${name}`;
const dialog = (page: Page) => page.getByRole('dialog');
const section = (page: Page) =>
  dialog(page)
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Left now and today' }) });

async function addKey(stage: Stage, name: string, body: object = {}): Promise<string> {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: keyOf(name), ...body });
  const { items } = await stage.admin<{ items: Item[] }>('GET', `/keys?search=${keyOf(name).slice(-4)}`);
  return items[0]?.id ?? '';
}

/** What relays and OpenAI tell with each answer. */
const telling = (remaining: number, headers: Record<string, string> = {}) =>
  reply.json(200, chatCompletion('Hello'), {
    'x-ratelimit-limit-requests': '100',
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests': '9m0s',
    ...headers,
  });

test.beforeEach(async ({ stage }) => {
  await stage.admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
  stage.upstream.reset();
});

test('a key with ten requests a minute has seven left after three, and the drawer counts on', async ({
  dashboard: page,
  stage,
}) => {
  const id = await addKey(stage, 'set1', { limits: { requestsPerMinute: 10, requestsPerDay: 500 } });
  for (let sent = 0; sent < 3; sent += 1) expect(await stage.chat()).toBe(200);
  await page.goto(`/keys?key=${id}`);
  const minute = section(page).getByRole('listitem').filter({ hasText: 'Requests this minute' });
  await expect(minute).toContainText('7 of 10');
  await expect(minute).toContainText(/set · all back in \d+/);
  await expect(minute.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '70');
  const today = section(page).getByRole('listitem').filter({ hasText: 'Requests today' });
  await expect(today).toContainText('497 of 500');
  await stage.chat();
  await expect(minute).toContainText('6 of 10');
  await expect(today).toContainText('496 of 500');
});

test('what answers tell is shown as told, of the model that they were about; with it their account', async ({
  dashboard: page,
  stage,
}) => {
  stage.upstream.forKey(keyOf('tol1'), telling(40, { 'openai-organization': 'org-of-answers' }));
  const id = await addKey(stage, 'tol1');
  await page.goto(`/keys?key=${id}`);
  await expect(section(page)).toContainText('Nobody knows');
  await stage.chat('gpt-told');
  await expect(section(page).getByRole('heading', { name: 'gpt-told' })).toBeVisible();
  const told = section(page).getByRole('listitem');
  await expect(told).toContainText('40 of 100');
  await expect(told).toContainText(/told by answers · all back in \d+:\d\d/);
  const account = dialog(page).getByRole('link', { name: 'org-of-answers' });
  await expect(account).toBeVisible();
  await expect(dialog(page).getByText('told by its answers')).toBeVisible();

  const field = dialog(page).getByRole('textbox', { name: 'Account', exact: true });
  await expect(field).toHaveAttribute('placeholder', 'org-of-answers');
  await field.fill('team');
  await dialog(page).getByRole('button', { name: 'Save changes' }).click();
  await expect(dialog(page).getByRole('link', { name: 'team' })).toBeVisible();
  await stage.chat('gpt-told');
  await expect(dialog(page).getByRole('link', { name: 'team' })).toBeVisible();
  await expect(account).toHaveCount(0);
});

test('keys are found by the account that their answers name', async ({ dashboard: page, stage }) => {
  stage.upstream.forKey(keyOf('fnd1'), telling(40, { 'openai-organization': 'org-found' }));
  const id = await addKey(stage, 'fnd1');
  await stage.chat();
  await addKey(stage, 'fnd2');
  await page.goto(`/keys?key=${id}`);
  await dialog(page).getByRole('link', { name: 'org-found' }).click();
  await expect(page).toHaveURL(/account=org-found/);
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.goto('/keys?search=org-fo');
  await expect(page.getByRole('row')).toHaveCount(2);
});

test('providers, models and the table of keys say what is left, and of how many keys that is known', async ({
  dashboard: page,
  stage,
}) => {
  await page.setViewportSize({ width: 1600, height: 900 });
  await addKey(stage, 'sum1', { limits: { requestsPerMinute: 10, requestsPerDay: 500 } });
  await stage.chat('gpt-sum');
  await addKey(stage, 'sum2');
  await page.goto('/providers');
  const card = page.getByRole('main').getByRole('listitem').first();
  await expect(card).toContainText('Left now 9 of 10 requests/min');
  await expect(card).toContainText('Left today 499 of 500 requests/day');
  await expect(card).toContainText('1 of 2 keys tell what is left');
  await page.goto('/');
  const model = page.getByRole('link').filter({ hasText: 'gpt-sum' });
  await expect(model).toContainText(/Left now \d+ of 10 requests\/min/);
  await page.goto('/keys?sort=requestCount&order=desc');
  await expect(page.getByRole('columnheader', { name: 'Left' })).toBeVisible();
  await expect(page.getByRole('row').nth(1)).toContainText(/\d+ \/ 10/);
});

test('what is left fits a phone', async ({ dashboard: page, stage }) => {
  const uses = {
    requestsPerMinute: 10,
    tokensPerMinute: 90_000,
    requestsPerDay: 500,
    tokensPerDay: 2_000_000,
  };
  const models = { 'a-model-with-a-name-that-is-much-longer-than-a-phone-is-wide': uses };
  const id = await addKey(stage, 'pho1', { limits: { ...uses, concurrency: 4, models } });
  await stage.chat();
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of [`/keys?key=${id}`, '/providers', '/']) {
    await page.goto(path);
    await expect(page.getByText(/Left now/).first()).toBeVisible();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over, path).toBeLessThanOrEqual(0);
  }
});
