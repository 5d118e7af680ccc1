import type { Locator } from '@playwright/test';
import { expect, test, waitUntilLive } from './fixtures';

test.use({ stageName: 'settings' });

interface Settings {
  readonly revision: number;
  readonly items: readonly { readonly name: string; readonly value: unknown; readonly source: string }[];
}

type Admin = <T>(method: string, path: string, body?: unknown) => Promise<T>;

async function valueOf(admin: Admin, name: string): Promise<unknown> {
  const { items } = await admin<Settings>('GET', '/settings');
  return items.find((item) => item.name === name)?.value;
}

test('settings are saved together and act at once', async ({ dashboard: page, stage }) => {
  await page.goto('/settings?find=MAX_');
  await page.getByLabel('MAX_RETRIES', { exact: true }).fill('5');
  await page.getByLabel('MAX_FAILURES', { exact: true }).fill('9');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved, and in force')).toBeVisible();
  expect(await valueOf(stage.admin, 'MAX_RETRIES')).toBe(5);
  expect(await valueOf(stage.admin, 'MAX_FAILURES')).toBe(9);
  await page.getByRole('button', { name: 'Reset MAX_FAILURES to its default' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(() => valueOf(stage.admin, 'MAX_FAILURES')).toBe(3);
});

test('one wrong value saves nothing, and says at its field what is allowed', async ({
  dashboard: page,
  stage,
}) => {
  const before = await valueOf(stage.admin, 'COOLDOWN_SECONDS');
  await page.goto('/settings?find=SECONDS');
  await page.getByLabel('COOLDOWN_SECONDS', { exact: true }).fill('77');
  await page.getByLabel('Find a setting').fill('');
  await page.getByLabel('TIMEZONE', { exact: true }).fill('Nowhere/Land');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByLabel('TIMEZONE', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText('Nothing was saved. Look at TIMEZONE.')).toBeVisible();
  await expect(page.getByLabel('TIMEZONE', { exact: true })).toBeFocused();
  expect(await valueOf(stage.admin, 'COOLDOWN_SECONDS')).toBe(before);
});

test('whoever saves second is told before anything is overwritten', async ({ dashboard: page, stage }) => {
  await page.goto('/settings?find=TEST_MODEL');
  await page.getByLabel('TEST_MODEL', { exact: true }).fill('model-of-the-page');
  await stage.admin('PATCH', '/settings', { values: { TEST_MODEL: 'model-of-somebody-else' } });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Somebody else has changed settings', { exact: false })).toBeVisible();
  expect(await valueOf(stage.admin, 'TEST_MODEL')).toBe('model-of-somebody-else');
  await page.getByRole('button', { name: 'Let mine win' }).click();
  await expect.poll(() => valueOf(stage.admin, 'TEST_MODEL')).toBe('model-of-the-page');
});

test('a change that is not saved is not left by a link, a tab or a reload without a question', async ({
  dashboard: page,
}) => {
  await page.goto('/settings?find=MAX_RETRIES');
  const field = page.getByLabel('MAX_RETRIES', { exact: true });
  const question = page.getByRole('alertdialog');
  await field.click();
  await field.fill('17');
  await page.getByRole('navigation').getByRole('link', { name: 'Keys', exact: true }).first().click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(page).toHaveURL(/find=MAX_RETRIES/);
  await page.getByRole('tab', { name: 'Jobs' }).click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(field).toHaveValue('17');
  const asked = page.waitForEvent('dialog');
  void page.reload().catch(() => undefined);
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await expect(field).toHaveValue('17');
  await page.getByRole('navigation').getByRole('link', { name: 'Keys', exact: true }).first().click();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(page).toHaveURL(/\/keys$/);
  await page.getByRole('navigation').getByRole('link', { name: 'Logs', exact: true }).first().click();
  await expect(page).toHaveURL(/\/logs$/);
});

test('what was typed into a dialog is not lost by Escape or a reload without a question', async ({
  dashboard: page,
}) => {
  const pages = [
    ['/keys', 'Add keys', (dialog: Locator) => dialog.getByRole('textbox', { name: 'Keys', exact: true })],
    ['/proxies', 'Add proxies', (dialog: Locator) => dialog.getByRole('textbox').first()],
    ['/providers?open=new', '', (dialog: Locator) => dialog.getByRole('textbox').first()],
    ['/settings?tab=tokens', 'New token', (dialog: Locator) => dialog.getByLabel('Name')],
  ] as const;
  for (const [path, opener, fieldOf] of pages) {
    await page.goto(path);
    if (opener !== '') await page.getByRole('button', { name: opener, exact: true }).first().click();
    const field = fieldOf(page.getByRole('dialog'));
    await field.click();
    await field.fill('sk-not-saved-0000001');
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    const asked = page.waitForEvent('dialog');
    void page.reload().catch(() => undefined);
    const question = await asked;
    expect(question.type(), path).toBe('beforeunload');
    await question.dismiss();
    await expect(field).toHaveValue('sk-not-saved-0000001');
  }
});

test('a client token is shown once, edited, and refused after it is revoked', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto('/settings?tab=tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Laptop');
  await page.getByRole('button', { name: 'Make the token' }).click();
  const shown = page.getByRole('dialog').locator('pre');
  await expect(shown).toHaveText(/^sk-/);
  const token = (await shown.textContent()) ?? '';
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  const statusWith = async () =>
    (await fetch(`${stage.server.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await statusWith()).not.toBe(401);
  await page.getByRole('button', { name: 'Edit Laptop' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Old laptop');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Revoke Old laptop' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('Old laptop revoked')).toBeVisible();
  expect(await statusWith()).toBe(401);
});

test('rules of a client token are set, act at once, and show what is used of them', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-rules-000000000001' });
  await page.goto('/settings?tab=tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Team');
  await dialog.getByLabel('Models').fill('gpt-*');
  await dialog.getByLabel('Models').press('Enter');
  await dialog.getByLabel('Addresses').fill('10.0.0.0/99');
  await dialog.getByLabel('Budget').fill('1');
  await dialog.getByLabel('Counted in').click();
  await page.getByRole('option', { name: 'Requests' }).click();
  await dialog.getByLabel('Requests a minute').fill('many');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await expect(dialog.getByText(/must be addresses or networks/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Remove: 10.0.0.0/99' }).click();
  await dialog.getByLabel('Requests a minute').fill('5');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  const token = (await dialog.locator('pre').textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const codeOf = async (model: string): Promise<unknown> => {
    const answer = await fetch(`${stage.server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    });
    const { error } = (await answer.json()) as { error?: { code: string } };
    return error?.code ?? answer.status;
  };
  expect(await codeOf('claude-3')).toBe('model_not_allowed');
  expect(await codeOf('gpt-test')).toBe(200);
  expect(await codeOf('gpt-test')).toBe('insufficient_quota');
  const row = page.getByRole('row').filter({ hasText: 'Team' });
  await expect(row.getByText('1 / 1', { exact: true })).toBeVisible();
  await expect(row.getByText('1 / 5', { exact: true })).toBeVisible();
  await row.getByRole('button', { name: 'Reset what Team has spent' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Reset what is spent' }).click();
  await expect(row.getByText('0 / 1', { exact: true })).toBeVisible();
  await row.getByRole('button', { name: 'Edit Team' }).click();
  await dialog.getByRole('switch').click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(row.getByText('Disabled')).toBeVisible();
  expect(await codeOf('gpt-test')).toBe('token_disabled');
});

test('a job runs when it is told to, and says how it went', async ({ dashboard: page }) => {
  await page.goto('/settings?tab=jobs');
  const row = page.getByRole('row').filter({ hasText: 'prune-logs' });
  await row.getByRole('button', { name: 'Run now' }).click();
  await expect(row.getByText(/\d+ s ago/)).toBeVisible();
});

test('every change is in the audit list', async ({ dashboard: page, stage }) => {
  await stage.admin('PATCH', '/settings', { values: { MAX_RETRIES: 4 } });
  await page.goto('/settings?tab=audit');
  await expect(page.getByText('settings.update').first()).toBeVisible();
});

test('what is done elsewhere comes into the audit list while one looks, whether it changes something or not', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto('/settings?tab=audit');
  await waitUntilLive(page);
  const entries = page.getByRole('table').getByRole('row');
  await stage.admin('POST', '/tokens', { name: 'Made elsewhere' });
  await expect(entries.filter({ hasText: 'Made elsewhere' })).toBeVisible();
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-revealed-000000001' });
  const { items } = await stage.admin<{ items: { id: string }[] }>('GET', '/keys');
  await stage.admin('POST', `/keys/${items[0]?.id}/reveal`);
  await expect(entries.filter({ hasText: 'keys.reveal' })).toBeVisible();
});

test('a secret setting that is to be replaced has the focus in its field', async ({ dashboard: page }) => {
  await page.goto('/settings?find=ALLOWED_TOKENS');
  await page.getByRole('button', { name: 'Replace ALLOWED_TOKENS' }).press('Enter');
  await expect(page.getByRole('textbox', { name: 'ALLOWED_TOKENS' })).toBeFocused();
  await page.keyboard.type('sk-typed-at-once');
  await expect(page.getByRole('textbox', { name: 'ALLOWED_TOKENS' })).toHaveValue('sk-typed-at-once');
});
