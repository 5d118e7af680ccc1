import { reply, startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream';
import { expect, test } from './fixtures';

test.use({ stageName: 'alerts' });

let receiver: ScriptedUpstream;

test.beforeEach(async () => {
  receiver = await startScriptedUpstream();
  receiver.fallbackReply = reply.bytes(200, Buffer.from('ok'));
});
test.afterEach(() => receiver.stop());

test('a receiver is added, tried, changed and deleted, and a failure is shown where people look', async ({
  dashboard: page,
}) => {
  await page.goto('/settings?tab=alerts');
  await expect(page.getByText('Nobody is told when something is wrong')).toBeVisible();
  await page.getByRole('button', { name: 'Add receiver' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('pager');
  await dialog.getByLabel('Kind').click();
  await page.getByRole('option', { name: 'Webhook (JSON)' }).click();
  await dialog.getByLabel('Address').fill('ftp://somewhere');
  await dialog.getByRole('button', { name: 'Add receiver' }).click();
  await expect(dialog.getByText('must start with http:// or https:// and a host').first()).toBeVisible();
  await dialog.getByLabel('Address').fill(receiver.baseUrl.replace('/v1', '/hook/very-secret'));
  await dialog.getByLabel('A proxy is down').click();
  await dialog.getByLabel('Quiet hours', { exact: false }).click();
  await dialog.getByLabel('Time zone').fill('Europe/Berlin');
  await dialog.getByRole('button', { name: 'Add receiver' }).click();
  await expect(dialog.getByText('It is shown only now', { exact: false })).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();

  const row = page.getByRole('row').filter({ hasText: 'pager' });
  await expect(row).toContainText('None yet');
  await expect(row).not.toContainText('very-secret');
  await page.getByRole('button', { name: 'Send a test to pager' }).click();
  await expect(page.getByText('The message has arrived')).toBeVisible();
  await expect(row).toContainText('Arrived');
  expect(receiver.requests.map(({ url }) => url)).toEqual(['/hook/very-secret']);

  receiver.fallbackReply = reply.bytes(403, Buffer.from('no entry to /hook/very-secret'));
  await page.getByRole('button', { name: 'Send a test to pager' }).click();
  await expect(row).toContainText('answered with status 403: no entry to ***');

  await page.getByRole('button', { name: 'Edit pager' }).click();
  await expect(dialog.getByLabel('A proxy is down')).not.toBeChecked();
  await expect(dialog.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
  await dialog.getByLabel('Name').fill('night shift');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'night shift' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete night shift' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('Nobody is told when something is wrong')).toBeVisible();
});
