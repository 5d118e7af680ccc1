import { chatCompletion, reply } from '../support/scripted-upstream';
import { expect, test } from './fixtures';

test.use({ stageName: 'prices' });

const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 };

test('the overview shows what each client token used, and a price of one’s own holds from then on', async ({
  dashboard: page,
  stage,
}) => {
  stage.upstream.fallbackReply = reply.json(200, { ...chatCompletion('Hello'), usage });
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-price-key-000001' });
  await stage.chat('gpt-4o');
  await stage.chat('nobody-knows-its-price');
  await page.goto('/');
  const tokens = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Client tokens' }) });
  await expect(tokens.getByRole('link', { name: 'clien...sts' })).toBeVisible();
  await expect(tokens.getByText('$2.50 without 1 of unknown price')).toBeVisible();

  await page.goto('/settings?tab=prices');
  await expect(page.getByText('List prices of the program', { exact: false })).toBeVisible();
  const row = (model: string) => page.getByRole('row').filter({ hasText: model });
  await expect(row('gpt-4o')).toContainText('OpenAI: gpt-4o');
  await expect(row('nobody-knows-its-price')).toContainText('Unknown');
  await page.getByRole('button', { name: 'Set a price for nobody-knows-its-price' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Input', { exact: true }).fill('free');
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
  await dialog.getByLabel('Input', { exact: true }).fill('-1');
  await expect(dialog.getByText('A number from 0 to 1,000,000')).toBeVisible();
  await dialog.getByLabel('Input', { exact: true }).fill('0.5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(row('nobody-knows-its-price')).toContainText('Own price');
  await expect(row('nobody-knows-its-price')).toContainText('$0.50');
  await stage.chat('nobody-knows-its-price');
  const { items } = await stage.admin<{ items: { costUsd: number | null }[] }>('GET', '/logs/requests');
  expect(items.map(({ costUsd }) => costUsd)).toEqual([0.5, null, 2.5]);
  await page.getByRole('button', { name: 'Set a price for nobody-knows-its-price' }).click();
  await dialog.getByRole('button', { name: 'Use the list price' }).click();
  await expect(row('nobody-knows-its-price')).toContainText('Unknown');
});

test('the list is fetched at a click, and a list that cannot be used is told', async ({
  dashboard: page,
  stage,
}) => {
  const list = (input: number) =>
    (
      [
        ['openai', 'gpt-4o'],
        ['anthropic', 'claude-sonnet-4-5'],
      ] as const
    ).map(([id, model]) => ({
      id,
      name: id,
      api_pattern: id,
      models: [{ id: model, match: { equals: model }, prices: { input_mtok: input } }],
    }));
  stage.upstream.fallbackReply = reply.json(200, { none: true });
  const url = stage.upstream.baseUrl.replace('/v1', '/prices.json');
  await stage.admin('PATCH', '/settings', { values: { PRICES_URL: url } });
  await page.goto('/settings?tab=prices');
  await page.getByRole('button', { name: 'Fetch list prices' }).click();
  await expect(page.getByText('The prices stay as they are', { exact: false }).first()).toBeVisible();
  await expect(page.getByText('List prices of the program', { exact: false })).toBeVisible();
  stage.upstream.fallbackReply = reply.json(200, list(9));
  await page.getByRole('button', { name: 'Fetch list prices' }).click();
  await expect(page.getByText('Prices of 2 models are up to date')).toBeVisible();
  await expect(page.getByText('List prices, fetched', { exact: false })).toBeVisible();
});
