import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, still, test, waitUntilLive } from './fixtures';

test.use({ stageName: 'saved-views' });

const menu = (page: Page) => page.getByRole('button', { name: /\bViews\b/ });
const item = (page: Page, name: string) => page.getByRole('menuitem', { name });

async function save(page: Page, name: string): Promise<void> {
  await menu(page).press('Enter');
  await item(page, 'Save this view…').press('Enter');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Name').press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

test.beforeEach(async ({ stage }) => {
  const { items } = await stage.admin<{ items: { id: string }[] }>('GET', '/views');
  for (const { id } of items) await stage.admin('DELETE', `/views/${id}`);
});

test('a view of the keys is saved, left, opened and overwritten with the keyboard', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-viewed-00000000000000000000' });
  await page.goto('/keys?status=active&sort=weight');
  await page.getByRole('button', { name: 'Choose columns' }).press('Enter');
  await page.getByRole('menuitemcheckbox', { name: 'Weight' }).press('Space');
  await page.keyboard.press('Escape');
  await save(page, 'By weight');
  await expect(menu(page)).toHaveText(/^By weight/);
  await expect(menu(page)).not.toContainText('changed');
  await page.getByRole('button', { name: 'Clear filters' }).press('Enter');
  await expect(menu(page)).toContainText('changed');
  await page.getByRole('button', { name: 'Choose columns' }).press('Enter');
  await page.getByRole('menuitem', { name: 'As they were' }).press('Enter');
  await expect(page.getByRole('columnheader', { name: 'Weight' })).toHaveCount(0);
  await menu(page).press('Enter');
  await item(page, 'By weight').first().press('Enter');
  await expect(page).toHaveURL(/status=active&sort=weight|sort=weight&status=active/);
  await expect(page.getByRole('columnheader', { name: 'Weight' })).toBeVisible();
  await expect(menu(page)).not.toContainText('changed');
  await page.getByRole('button', { name: 'Clear filters' }).press('Enter');
  await menu(page).press('Enter');
  await item(page, 'Overwrite “By weight”').press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Overwrite' }).press('Enter');
  await expect(menu(page)).not.toContainText('changed');
  const { items } = await stage.admin<{ items: object[] }>('GET', '/views');
  expect(items).toMatchObject([
    { page: 'keys', name: 'By weight', state: { query: { sort: 'weight' }, columns: { weight: true } } },
  ]);
});

test('a view is renamed and deleted, and a name that is taken is told', async ({ dashboard: page }) => {
  await page.goto('/explore?group=provider');
  await save(page, 'one');
  await page.goto('/explore?group=key');
  await save(page, 'two');
  await menu(page).press('Enter');
  await item(page, 'Rename or delete…').press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await still(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
  const first = dialog.getByRole('listitem').first();
  await first.getByLabel('Name').fill('two');
  await first.getByLabel('Name').press('Enter');
  await expect(first.getByText('is taken already')).toBeVisible();
  await first.getByLabel('Name').fill('three');
  await first.getByLabel('Name').press('Enter');
  await expect(dialog.getByRole('button', { name: 'Delete “three”' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Delete “two”' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).press('Enter');
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await menu(page).press('Enter');
  await expect(item(page, 'two')).toHaveCount(0);
  await expect(item(page, 'three')).toBeVisible();
});

test('a view saved in one tab is in the other, and Ctrl+K finds it on any page', async ({
  dashboard: page,
  context,
}) => {
  await page.goto('/logs');
  await waitUntilLive(page);
  const other = await context.newPage();
  await other.goto('/logs?tab=errors&status=429');
  await save(other, 'Too many requests');
  await menu(page).press('Enter');
  await expect(item(page, 'Too many requests')).toBeVisible();
  await page.keyboard.press('Escape');
  await other.close();
  await page.goto('/providers');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('too many');
  await page.getByRole('option', { name: 'Too many requests' }).click();
  await expect(page).toHaveURL(/\/logs\?tab=errors&status=429$/);
  await expect(menu(page)).toContainText('Too many requests');
});

test('a whole key that is searched for gets into no view', async ({ dashboard: page, stage }) => {
  const key = 'sk-viewed-secret-0000000000000001';
  await stage.admin('POST', '/keys/import', { provider: 'default', text: key });
  await page.goto('/keys?status=active');
  const search = page.getByLabel('Search hint, note or key');
  await search.fill(key);
  await expect(page.getByText('1 key matches')).toBeVisible();
  await menu(page).press('Enter');
  await item(page, 'Save this view…').press('Enter');
  await page.getByLabel('Name').fill('safe');
  await page.getByLabel('Name').press('Enter');
  await expect(page.getByRole('dialog').getByText('has a key or another secret in it')).toBeVisible();
  expect(await stage.admin('GET', '/views')).toEqual({ items: [] });
  await page.goto('/keys?status=active');
  await save(page, 'safe');
  await search.fill(key);
  await expect(menu(page)).toContainText('changed');
  // And opening one ends the search.
  await menu(page).press('Enter');
  await item(page, 'safe').first().press('Enter');
  await expect(page.getByLabel('Search hint, note or key')).toHaveValue('');
  await expect(page).toHaveURL(/status=active/);
});

test('on a phone the menu of views has room', async ({ dashboard: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/logs?tab=incidents&since=24h');
  await save(page, 'A name that is rather long for a telephone, as names are now and then');
  const { x, width } = (await menu(page).boundingBox())!;
  expect(x + width).toBeLessThanOrEqual(390);
  await menu(page).click();
  await expect(page.getByRole('menu')).toBeVisible();
  // The rest of the page is hidden from assistive technology meanwhile.
  await still(page);
  const { violations } = await new AxeBuilder({ page }).include('[role=menu]').analyze();
  expect(violations).toEqual([]);
});
