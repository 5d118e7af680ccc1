import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

test.use({ stageName: 'key-columns' });

const grid = (page: Page) => page.getByRole('grid', { name: 'Keys' });
const header = (page: Page, name: string) => grid(page).getByRole('columnheader', { name, exact: true });
const open = (page: Page) => page.getByRole('button', { name: 'Choose columns' }).press('Enter');
const choice = (page: Page, name: string) => page.getByRole('menuitemcheckbox', { name, exact: true });

test.beforeAll(async ({ stage }) => {
  await stage.admin('POST', '/keys/import', {
    provider: 'default',
    text: `key,account,weight,note\nsk-columns-000000000000000000a,acme,3,of the team\nsk-columns-000000000000000000b,,,`,
  });
});

test('columns are chosen with the keys, are kept over a reload, and go back to what they were', async ({
  dashboard: page,
}) => {
  await page.goto('/keys');
  await expect(header(page, 'Attempts')).toBeVisible();
  await expect(header(page, 'Weight')).toHaveCount(0);
  // Without tags their column would be empty.
  await expect(header(page, 'Tags')).toHaveCount(0);
  await open(page);
  await choice(page, 'Weight').press('Space');
  await choice(page, 'Account').press('Space');
  await choice(page, 'Attempts').press('Space');
  await expect(choice(page, 'Weight')).toBeChecked();
  await page.keyboard.press('Escape');
  await expect(header(page, 'Weight')).toBeVisible();
  await expect(grid(page)).toContainText('acme');
  await page.reload();
  await expect(header(page, 'Weight')).toBeVisible();
  await expect(header(page, 'Attempts')).toHaveCount(0);
  await header(page, 'Weight').getByRole('button').press('Enter');
  await expect(page).toHaveURL(/sort=weight/);
  await expect(grid(page).getByRole('row').nth(1)).toContainText('acme');
  await open(page);
  await page.getByRole('menuitem', { name: 'As they were' }).press('Enter');
  await expect(header(page, 'Attempts')).toBeVisible();
  await expect(header(page, 'Weight')).toHaveCount(0);
});

test('on a phone they say what the two lines of a row have', async ({ dashboard: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/keys?search=of+the+team');
  const row = grid(page).getByRole('row').nth(1);
  await expect(row).toContainText('default');
  await expect(row).not.toContainText('acme');
  await open(page);
  await choice(page, 'Provider').click();
  await choice(page, 'Account').click();
  await page.keyboard.press('Escape');
  await expect(row).toContainText('acme');
  await expect(row).not.toContainText('default');
});
