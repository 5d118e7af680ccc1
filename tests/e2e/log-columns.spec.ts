import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

test.use({ stageName: 'log-columns' });

const grid = (page: Page) => page.getByRole('grid', { name: 'Requests' });
const header = (page: Page, name: string) => grid(page).getByRole('columnheader', { name, exact: true });
const open = (page: Page) => page.getByRole('button', { name: 'Choose columns' }).press('Enter');
const choice = (page: Page, name: string) => page.getByRole('menuitemcheckbox', { name, exact: true });

test.beforeAll(async ({ stage }) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-columns-000000001' });
  await stage.chat('model-columns');
});

test('columns are chosen with the keys, are kept over a reload, and go back to what they were', async ({
  dashboard: page,
}) => {
  await page.goto('/logs');
  await expect(header(page, 'Outcome')).toBeVisible();
  await expect(header(page, 'Cost')).toHaveCount(0);
  await open(page);
  await choice(page, 'Cost').press('Space');
  await choice(page, 'Outcome').press('Space');
  await expect(choice(page, 'Cost')).toBeChecked();
  await expect(choice(page, 'Outcome')).not.toBeChecked();
  await page.keyboard.press('Escape');
  await expect(header(page, 'Cost')).toBeVisible();
  await expect(header(page, 'Outcome')).toHaveCount(0);
  await page.reload();
  await expect(header(page, 'Cost')).toBeVisible();
  await expect(header(page, 'Outcome')).toHaveCount(0);
  // The other log has its own.
  await page.getByRole('tab', { name: 'Errors' }).click();
  await open(page);
  await expect(choice(page, 'Outcome')).toBeChecked();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Requests' }).click();
  await open(page);
  await page.getByRole('menuitem', { name: 'As they were' }).press('Enter');
  await expect(header(page, 'Outcome')).toBeVisible();
  await expect(header(page, 'Cost')).toHaveCount(0);
});

test('on a phone they say what the two lines of a row have', async ({ dashboard: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/logs');
  const row = grid(page).getByRole('row').nth(1);
  await expect(row).toContainText('sk-c');
  await expect(row).not.toContainText('req_');
  await open(page);
  await choice(page, 'Key').click();
  await choice(page, 'Request id').click();
  await page.keyboard.press('Escape');
  await expect(row).toContainText('req_');
  await expect(row).not.toContainText('sk-c');
});
