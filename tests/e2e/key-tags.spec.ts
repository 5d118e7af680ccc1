import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

test.use({ stageName: 'key-tags' });

const keyOf = (name: string) => `sk-tagged-00000000000000000000${name}`;
const grid = (page: Page) => page.getByRole('grid', { name: 'Keys' });
const row = (page: Page, name: string) => grid(page).getByRole('row').filter({ hasText: name });
const openTags = (page: Page) => page.getByRole('button', { name: 'Tags', exact: true }).first();

test.beforeEach(async ({ stage, dashboard }) => {
  await dashboard.setViewportSize({ width: 1720, height: 900 });
  await stage.admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
  await stage.admin('POST', '/keys/import', {
    provider: 'default',
    text: `key,tags\n${keyOf('aaaa')},prod;team a\n${keyOf('bbbb')},prod\n${keyOf('cccc')},`,
  });
});

test('keys are filtered by their tags with the keyboard, and found by search', async ({
  dashboard: page,
}) => {
  await page.goto('/keys');
  await expect(row(page, 'aaaa')).toContainText('prod');
  const { height } = (await row(page, 'aaaa').boundingBox())!;
  expect(height).toBe((await row(page, 'cccc').boundingBox())!.height);
  await openTags(page).press('Enter');
  await expect(page.getByRole('menuitemcheckbox', { name: 'prod' })).toContainText('2');
  await expect(page.getByRole('menuitemcheckbox', { name: 'prod' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitemcheckbox', { name: 'prod' })).toBeChecked();
  await page.keyboard.press('ArrowDown');
  // Menus move the focus a moment later.
  await expect(page.getByRole('menuitemcheckbox', { name: 'team a' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/tag=prod%2Cteam\+a/);
  await expect(page.getByText('1 key matches')).toBeVisible();
  await page.getByRole('button', { name: 'Remove: Tag team a' }).press('Enter');
  await expect(page.getByText('2 keys match')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).press('Enter');
  await page.getByLabel('Search hint, note or key').fill('team a');
  await expect(page.getByText('1 key matches')).toBeVisible();
});

test('many keys get tags at once, and lose others', async ({ dashboard: page, stage }) => {
  await page.goto('/keys');
  await page.getByLabel('Select all that match').press('Space');
  await page.getByRole('toolbar').getByRole('button', { name: 'Tags' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Add', { exact: true }).fill('new');
  await dialog.getByLabel('Add', { exact: true }).press('Enter');
  await dialog.getByLabel('Take away', { exact: true }).fill('PROD,');
  await dialog.getByRole('button', { name: 'Apply' }).press('Enter');
  await expect(row(page, 'cccc')).toContainText('new');
  await expect(row(page, 'aaaa')).not.toContainText('prod');
  const { items } = await stage.admin<{ items: { tags: string[] }[] }>('GET', '/keys?tag=new&order=asc');
  expect(items.map(({ tags }) => tags)).toEqual([['team a', 'new'], ['new'], ['new']]);
});

test('the tags of a key are edited in its drawer, and one that cannot be is told', async ({
  dashboard: page,
}) => {
  await page.goto('/keys');
  await row(page, 'bbbb').press('Enter');
  const dialog = page.getByRole('dialog');
  const field = dialog.getByRole('combobox', { name: 'Tags' });
  await field.fill('x'.repeat(41));
  await field.press('Enter');
  await expect(dialog.getByText('A tag has 40 characters at most')).toBeVisible();
  await field.fill('Team B');
  await field.press('Enter');
  await dialog.getByRole('button', { name: 'Remove: prod' }).click();
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(row(page, 'bbbb')).toContainText('Team B');
  await expect(row(page, 'bbbb')).not.toContainText('prod');
});

test('the form that adds keys says which columns it takes', async ({ dashboard: page }) => {
  await page.goto('/keys?open=import');
  await page
    .getByRole('textbox', { name: 'Keys', exact: true })
    .fill(`key,weight,tags,colour\n${keyOf('dddd')},3,red;blue,7`);
  await expect(page.getByTestId('import-fields')).toContainText('Columns taken: key, weight, tags');
  await expect(page.getByTestId('import-fields')).toContainText('Not taken: colour');
  await page.getByRole('button', { name: 'Add 1 key' }).click();
  await expect(row(page, 'dddd')).toContainText('red');
});

test('on a phone the tags stand in the second line', async ({ dashboard: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/keys');
  await expect(row(page, 'aaaa')).toContainText('prod, team a');
});
