import { expect, test } from './fixtures';

test.use({ stageName: 'proxies' });

test('proxies are added with what is wrong told, tested, and the failed ones deleted', async ({
  dashboard: page,
}) => {
  await page.goto('/proxies');
  await page.getByRole('button', { name: 'Add proxies' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByLabel('Addresses, one a line')
    .fill('http://someone:hunter2@127.0.0.1:9\nftp://127.0.0.1:21\nsocks5://127.0.0.1:9');
  await dialog.getByRole('button', { name: 'Add 3 proxies' }).click();
  await expect(dialog.getByText(/^Line 2: /)).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  const grid = page.getByRole('grid', { name: 'Proxies' });
  await expect(grid).toHaveAttribute('aria-rowcount', '3');
  await expect(page.locator('body')).not.toContainText('hunter2');

  await grid.getByRole('row').nth(1).press('Enter');
  await dialog.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText('The proxy does not work')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Test all' }).click();
  await expect(page.getByText('0 passed, 2 failed')).toBeVisible();
  await expect(grid.getByText('Failing')).toHaveCount(2);
  await page.getByRole('button', { name: 'Delete all that fail' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('Delete 2 proxies that fail?');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('There are no proxies')).toBeVisible();
});
