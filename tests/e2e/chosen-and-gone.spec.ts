import { expect, test, waitUntilLive } from './fixtures';
import type { Stage } from './stage';

test.use({ stageName: 'chosen-and-gone' });

const KEY = 'sk-chosen-000000001';

interface Provider {
  readonly id: string;
  readonly slug: string;
  readonly version: number;
}

const makeProvider = ({ admin, upstream }: Stage, name: string) =>
  admin<Provider>('POST', '/providers', { name, baseUrl: upstream.baseUrl });

test.beforeEach(async ({ stage: { admin } }) => {
  await admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
  const { items } = await admin<{ items: (Provider & { isDefault: boolean })[] }>('GET', '/providers');
  for (const { id, isDefault } of items) if (!isDefault) await admin('DELETE', `/providers/${id}`);
});

test('an import says that its provider is gone, keeps what was typed, and sends nothing to another', async ({
  dashboard: page,
  stage,
}) => {
  const { id, slug } = await makeProvider(stage, 'Target2');
  await page.goto(`/keys?provider=${slug}`);
  await waitUntilLive(page);
  await page.getByRole('button', { name: 'Add keys' }).first().click();
  const dialog = page.getByRole('dialog');
  const text = dialog.getByRole('textbox', { name: 'Keys', exact: true });
  await text.fill(KEY);
  await expect(dialog.getByRole('button', { name: 'Add 1 key' })).toBeEnabled();
  await stage.admin('DELETE', `/providers/${id}`);
  await expect(dialog.getByRole('alert')).toContainText('“target2” is not there any more');
  const provider = dialog.getByRole('combobox', { name: 'Provider' });
  await expect(provider).toContainText('target2 (gone)');
  await expect(dialog.getByRole('button', { name: /^Add/ })).toBeDisabled();
  await expect(text).toHaveValue(KEY);
  await provider.click();
  await page.getByRole('option').first().click();
  await dialog.getByRole('button', { name: 'Add 1 key' }).click();
  await expect(dialog).toHaveCount(0);
  const { items } = await stage.admin<{ items: { provider: string }[] }>('GET', '/keys');
  expect(items.map((key) => key.provider)).toEqual(['default']);
});

test('keys cannot be moved to a provider that is gone, and the dialog says why', async ({
  dashboard: page,
  stage,
}) => {
  const { id } = await makeProvider(stage, 'Target3');
  await stage.admin('POST', '/keys/import', { provider: 'default', text: KEY });
  await page.goto('/keys');
  await waitUntilLive(page);
  await page.getByRole('checkbox').nth(1).click();
  await page.getByRole('toolbar').getByRole('button', { name: 'Move' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox').click();
  await page.getByRole('option', { name: 'target3' }).click();
  await stage.admin('DELETE', `/providers/${id}`);
  await expect(dialog.getByRole('alert')).toContainText('“target3” is not there any more');
  await expect(dialog.getByRole('combobox')).toContainText('target3 (gone)');
  await expect(dialog.getByRole('button', { name: 'Move' })).toBeDisabled();
});

for (const how of ['removed', 'given another path']) {
  test(`the list of a provider that is ${how} elsewhere says so, with a way to all keys`, async ({
    dashboard: page,
    stage,
  }) => {
    const { id, slug, version } = await makeProvider(stage, 'Tri');
    await stage.admin('POST', '/keys/import', { provider: slug, text: KEY });
    await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-of-default-0000001' });
    await page.goto(`/keys?provider=${slug}`);
    await waitUntilLive(page);
    await expect(page.getByText('1 key matches')).toBeVisible();
    if (how === 'removed') await stage.admin('DELETE', `/providers/${id}`);
    else await stage.admin('PATCH', `/providers/${id}`, { version, slug: 'tri-2' });
    const notice = page.getByText('There is no provider “tri” any more');
    await expect(notice).toBeVisible();
    await expect(page.getByRole('combobox', { name: 'Provider' })).toContainText('tri (gone)');
    await page.reload();
    await expect(notice).toBeVisible();
    await expect(page.getByText('This could not be loaded')).toHaveCount(0);
    await page.getByRole('button', { name: 'Show all keys' }).click();
    await expect(page.getByText(how === 'removed' ? '1 key' : '2 keys', { exact: true })).toBeVisible();
  });
}

test('a client that is being connected is told that its provider is gone', async ({
  dashboard: page,
  stage,
}) => {
  const { id, slug } = await makeProvider(stage, 'Target4');
  await stage.admin('POST', '/keys/import', { provider: 'default', text: KEY });
  await stage.admin('POST', '/keys/import', { provider: slug, text: 'sk-of-target4-0000001' });
  await page.goto('/');
  await waitUntilLive(page);
  await page.getByRole('button', { name: 'Connect a client' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Provider' }).click();
  await page.getByRole('option', { name: 'Target4' }).click();
  await dialog.getByLabel('Message').fill('What I have typed');
  await stage.admin('DELETE', `/providers/${id}`);
  await expect(dialog.getByRole('alert')).toContainText('“target4” is not there any more');
  await expect(dialog.getByRole('button', { name: 'Send' })).toBeDisabled();
  await expect(dialog.getByLabel('Message')).toHaveValue('What I have typed');
});

test('a token that is revoked elsewhere while it is edited is said to be gone', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('POST', '/tokens', { name: 'Laptop' });
  const { items } = await stage.admin<{ items: { id: string; name: string }[] }>('GET', '/tokens');
  await page.goto('/settings?tab=tokens');
  await waitUntilLive(page);
  await page.getByRole('button', { name: 'Edit Laptop' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Mine');
  await stage.admin('DELETE', `/tokens/${items.find(({ name }) => name === 'Laptop')?.id}`);
  await expect(dialog.getByText('This token is gone', { exact: false })).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
  await expect(dialog.getByLabel('Name')).toHaveValue('Mine');
});
