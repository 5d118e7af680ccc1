import { expect, test, waitUntilLive } from './fixtures';

test.use({ stageName: 'first-run' });

test('a new gateway leads from its first key to its first streamed answer on one page', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'From here to the first answer' })).toBeVisible();
  await waitUntilLive(page);
  await page
    .getByRole('textbox', { name: 'Keys', exact: true })
    .fill('sk-first-key-000001, sk-first-key-000002');
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  // Whoever comes back before the first answer is led on, and may add what was forgotten.
  await expect(page.getByRole('button', { name: 'New token' })).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Add more keys' }).click();
  await page.getByRole('textbox', { name: 'Keys', exact: true }).fill('sk-first-key-000003');
  await page.getByRole('button', { name: 'Add 1 key', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Keys', exact: true })).toHaveCount(0);

  await page.getByRole('button', { name: 'New token' }).click();
  await expect(page.getByLabel('Client token')).toHaveValue(/^sk-/);
  await expect(page.getByText(`base_url="${stage.server.url}/v1"`)).toBeVisible();

  await expect(page.getByLabel('Model')).toHaveValue('gpt-4o-mini');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByTestId('answer')).toContainText('Hello there');
  await page.getByRole('button', { name: 'Done: to the overview' }).click();
  await expect(page.getByText('Keys by state')).toBeVisible();
  await expect(page.getByRole('link', { name: 'gpt-4o-mini 1' })).toBeVisible();
});
