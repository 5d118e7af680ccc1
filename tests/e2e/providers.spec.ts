import { reply } from '../support/scripted-upstream';
import { expect, test } from './fixtures';

test.use({ stageName: 'providers' });

interface Provider {
  readonly id: string;
  readonly slug: string;
  readonly version: number;
}

async function addProvider(
  stage: { admin<T>(m: string, p: string, b?: unknown): Promise<T> },
  name: string,
  baseUrl: string,
) {
  return stage.admin<Provider>('POST', '/providers', { name, baseUrl });
}

test('a provider is made in the form, with what is wrong said at the field', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto('/providers');
  await page.getByRole('button', { name: 'Add provider' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Groq');
  await form.getByLabel('Base URL').fill('not an address');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByLabel('Base URL')).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel('Base URL').fill(stage.upstream.baseUrl);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  await expect(page.getByText(`${stage.server.url}/groq/v1`)).toBeVisible();
});

test('a preset fills in the form, and how the key is taken is kept', async ({ dashboard: page, stage }) => {
  await page.goto('/providers');
  await page.getByRole('button', { name: 'Add provider' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('combobox', { name: 'Provider' }).click();
  await page.getByRole('option', { name: 'Anthropic' }).click();
  await expect(form.getByLabel('Name', { exact: true })).toHaveValue('Anthropic');
  await expect(form.getByLabel('Base URL')).toHaveValue('https://api.anthropic.com/v1');
  await expect(form.getByLabel('How it takes its key')).toHaveValue('x-api-key');
  await form.getByLabel('How it takes its key').fill('query:key');
  await form.getByRole('button', { name: 'Add parameter' }).click();
  await form.getByLabel('Name of the parameter').fill('key');
  await form.getByLabel('Value of key').fill('1');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('is the parameter that carries the key')).toBeVisible();
  await form.getByLabel('Name of the parameter').fill('version');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  const saved = await stage.admin<object>('GET', '/providers/anthropic');
  expect(saved).toMatchObject({ auth: 'query:key', query: { version: '1' }, testModel: 'claude-haiku-4-5' });
});

test('a name that would hide a page is refused', async ({ dashboard: page, stage }) => {
  await page.goto('/providers');
  await page.getByRole('button', { name: 'Add provider' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Anything');
  await form.getByLabel('Path').fill('keys');
  await form.getByLabel('Base URL').fill(stage.upstream.baseUrl);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByLabel('Path')).toHaveAttribute('aria-invalid', 'true');
});

test('a test tells what came back', async ({ dashboard: page, stage }) => {
  const { slug } = await addProvider(stage, 'Tested', stage.upstream.baseUrl);
  await stage.admin('POST', '/keys/import', { provider: slug, text: 'sk-tested-00000001' });
  await page.goto('/providers');
  const card = page.getByRole('listitem', { name: 'Tested' });
  await card.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText(/Tested answers, in/)).toBeVisible();
  stage.upstream.forKey('sk-tested-00000001', reply.error(401, { message: 'Incorrect API key' }));
  await card.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText('Tested does not answer as it should')).toBeVisible();
});

test('whoever saves second is told, and may then overwrite', async ({ dashboard: page, stage }) => {
  const provider = await addProvider(stage, 'Contested', stage.upstream.baseUrl);
  await page.goto('/providers');
  await page.getByRole('listitem', { name: 'Contested' }).getByRole('button', { name: 'Edit' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Further attempts').fill('7');
  await stage.admin('PATCH', `/providers/${provider.id}`, { version: provider.version, maxRetries: 1 });
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Somebody else has changed this provider', { exact: false })).toBeVisible();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  expect(await stage.admin('GET', `/providers/${provider.id}`)).toMatchObject({ maxRetries: 7 });
});

test('Cancel asks before it drops what was typed, and only then', async ({ dashboard: page, stage }) => {
  const provider = await addProvider(stage, 'Cancelled', stage.upstream.baseUrl);
  await page.goto('/providers');
  const card = page.getByRole('listitem', { name: 'Cancelled' });
  const form = page.getByRole('dialog');
  const question = page.getByRole('alertdialog');
  await card.getByRole('button', { name: 'Edit' }).click();
  await form.getByLabel('Further attempts').fill('7');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(form.getByLabel('Further attempts')).toHaveValue('7');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(form).toBeHidden();

  await card.getByRole('button', { name: 'Edit' }).click();
  await stage.admin('PATCH', `/providers/${provider.id}`, { version: provider.version, maxRetries: 9 });
  // The page behind the form is hidden from those who ask by role.
  await expect(page.getByLabel('Cancelled', { exact: true }).getByText('9 retries')).toBeAttached();
  await form.getByRole('button', { name: 'Cancel' }).click();
  await expect(form).toBeHidden();
  await expect(question).toHaveCount(0);
});

test('a form in which nothing was typed follows what others change', async ({ dashboard: page, stage }) => {
  const provider = await addProvider(stage, 'Followed', stage.upstream.baseUrl);
  await page.goto('/providers');
  await page.getByRole('listitem', { name: 'Followed' }).getByRole('button', { name: 'Edit' }).click();
  const form = page.getByRole('dialog');
  await stage.admin('PATCH', `/providers/${provider.id}`, { version: provider.version, maxRetries: 9 });
  await expect(form.getByLabel('Further attempts')).toHaveValue('9');
  await form.getByLabel('Further attempts').fill('8');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  expect(await stage.admin('GET', `/providers/${provider.id}`)).toMatchObject({ maxRetries: 8 });
});

test('order, use and deletion are one click each, the last one with a question', async ({
  dashboard: page,
  stage,
}) => {
  await addProvider(stage, 'Ordered', stage.upstream.baseUrl);
  await page.goto('/providers');
  const card = page.getByRole('listitem', { name: 'Ordered' });
  const position = () =>
    page
      .getByRole('listitem')
      .evaluateAll((cards) => cards.map((one) => one.getAttribute('aria-label')).indexOf('Ordered'));
  await expect(card).toBeVisible();
  const before = await position();
  await card.getByRole('button', { name: 'Move Ordered up' }).click();
  await expect.poll(position).toBe(before - 1);
  await card.getByRole('switch', { name: 'Ordered in use' }).click();
  await expect(card.getByText('Off').first()).toBeVisible();
  await card.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(card).toHaveCount(0);
});

test('a fallback may call models otherwise', async ({ dashboard: page, stage }) => {
  await addProvider(stage, 'Mine', stage.upstream.baseUrl);
  await addProvider(stage, 'Azure', stage.upstream.baseUrl);
  await page.goto('/providers');
  await page.getByRole('listitem', { name: 'Mine' }).getByRole('button', { name: 'Edit' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('combobox', { name: 'Add a fallback' }).click();
  await page.getByRole('option', { name: 'azure' }).click();
  await form.getByRole('button', { name: 'Call models otherwise at azure' }).click();
  await form.getByLabel('Model asked').fill('gpt-4o');
  await form.getByLabel('Name of gpt-4o there').fill('my-deployment');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  const saved = await stage.admin<object>('GET', '/providers/mine');
  expect(saved).toMatchObject({ fallbacks: [{ provider: 'azure', models: { 'gpt-4o': 'my-deployment' } }] });
});
