import type { Page } from '@playwright/test';
import { reply } from '../support/scripted-upstream';
import { expect, test, waitUntilLive } from './fixtures';
import { holdTasks } from './hold-tasks';

test.use({ stageName: 'keys' });

const keyOf = (index: number) => `sk-many-${String(index).padStart(16, '0')}`;
const grid = (page: Page) => page.getByRole('grid', { name: 'Keys' });

test.beforeEach(async ({ stage }) => {
  stage.upstream.reset();
  await stage.admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
});

test('an import shows what becomes of each key before it adds them', async ({ dashboard: page, stage }) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: keyOf(1) });
  await page.goto('/keys');
  await page.getByRole('button', { name: 'Add keys' }).click();
  await page
    .getByRole('textbox', { name: 'Keys', exact: true })
    .fill(`${keyOf(1)}\n${keyOf(2)}, ${keyOf(3)};${keyOf(3)}`);
  await expect(page.getByRole('listitem').filter({ hasText: 'There already' })).toHaveCount(1);
  await expect(page.getByRole('listitem').filter({ hasText: 'Repeated' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByText('3 keys', { exact: true })).toBeVisible();
});

test('the dialog follows an import that takes a while, and closes when it is done', async ({
  dashboard: page,
  stage,
}) => {
  const held = holdTasks();
  await page.route('**/api/admin/tasks/*', held.handler);
  await page.goto('/keys');
  await page.getByRole('button', { name: 'Add keys' }).first().click();
  const text = Array.from({ length: 2_500 }, (_, index) => keyOf(index)).join('\n');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'keys.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: 'Add 2,500 keys' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByTestId('import-progress')).toBeVisible();
  held.release();
  await expect(dialog).toHaveCount(0);
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '2501');
  const { total } = await stage.admin<{ total: number }>('GET', '/keys');
  expect(total).toBe(2_500);
});

test('thousands of keys are imported with progress, and any of them is a scroll away', async ({
  dashboard: page,
}) => {
  await page.goto('/keys');
  await page.getByRole('button', { name: 'Add keys' }).first().click();
  const text = Array.from({ length: 6_000 }, (_, index) => keyOf(index)).join('\n');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'keys.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: 'Add 6,000 keys' }).click();
  await expect(page.getByText('6,000 keys', { exact: true })).toBeVisible();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '6001');
  await grid(page).getByRole('row').nth(1).focus();
  await page.keyboard.press('End');
  await expect(grid(page).locator('[aria-rowindex="6001"]')).toContainText('sk-ma');
  await expect(grid(page).locator('[aria-rowindex="6001"]')).toBeFocused();
});

test('a whole key is found without ever standing in the address', async ({ dashboard: page, stage }) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: `${keyOf(1)} ${keyOf(2)}` });
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  await page.goto('/keys');
  await page.getByLabel('Search hint, note or key').fill(keyOf(2));
  await expect(page.getByText('1 key matches')).toBeVisible();
  expect([...addresses, page.url()].join(' ')).not.toContain(keyOf(2));
});

test('what happens to a key is seen at once, with its reason and the end of its rest', async ({
  dashboard: page,
  stage,
}) => {
  const limited = keyOf(7);
  stage.upstream.forKey(limited, reply.rateLimited({ retryAfter: '600' }));
  await stage.admin('POST', '/keys/import', { provider: 'default', text: limited });
  await page.goto('/keys');
  await waitUntilLive(page);
  await expect(grid(page).getByText('Active')).toBeVisible();
  expect(await stage.chat('gpt-live')).toBe(429);
  const badge = grid(page).getByText(/^Cooling\s*(9|10):\d\d$/);
  await expect(badge).toBeVisible();
  await expect(grid(page).getByText('for gpt-live')).toBeVisible();
  const before = await badge.textContent();
  await expect(badge).not.toHaveText(before ?? '');
});

test('deleted keys come back with one click', async ({ dashboard: page, stage }) => {
  await stage.admin('POST', '/keys/import', {
    provider: 'default',
    text: `${keyOf(1)} ${keyOf(2)} ${keyOf(3)}`,
  });
  await page.goto('/keys');
  await page.getByRole('checkbox', { name: 'Select all that match' }).click();
  await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('There are no keys yet')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('3 keys', { exact: true })).toBeVisible();
});

test('a bulk action reaches every key that passes the filter, seen or not', async ({
  dashboard: page,
  stage,
}) => {
  const text = Array.from({ length: 400 }, (_, index) => keyOf(index)).join('\n');
  await stage.admin('POST', '/keys/import', { provider: 'default', text });
  await page.goto('/keys');
  await waitUntilLive(page);
  await page.getByRole('checkbox', { name: 'Select all that match' }).click();
  await expect(page.getByText('400 selected')).toBeVisible();
  await page.getByRole('toolbar').getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByText('0 active, 0 cooling, 400 disabled', { exact: false })).toBeVisible();
  const { total } = await stage.admin<{ total: number }>('GET', '/keys?status=disabled_manual');
  expect(total).toBe(400);
});

test('verifying asks the provider, and a revoked key says so', async ({ dashboard: page, stage }) => {
  const revoked = keyOf(9);
  stage.upstream.forKey(revoked, reply.error(401, { message: 'Incorrect API key', code: 'invalid_api_key' }));
  await stage.admin('POST', '/keys/import', { provider: 'default', text: revoked });
  await page.goto('/keys');
  await grid(page).getByRole('row').nth(1).press('Enter');
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText('The provider rejects the key')).toBeVisible();
  await drawer.getByRole('button', { name: 'Reveal' }).click();
  await expect(drawer.getByText(revoked)).toBeVisible();
  const { items } = await stage.admin<{ items: { action: string }[] }>('GET', '/audit');
  expect(items.map(({ action }) => action)).toContain('keys.reveal');
});

test('a note with markup stays text', async ({ dashboard: page, stage }) => {
  const note = '<img src=x onerror="document.title=1"> & <b>bold</b>';
  await stage.admin('POST', '/keys/import', { provider: 'default', text: keyOf(1), note });
  await page.goto('/keys');
  await grid(page).getByRole('row').nth(1).press('Enter');
  await expect(page.getByRole('dialog').getByLabel('Note')).toHaveValue(note);
  await expect(page).toHaveTitle(/^Keys/);
});

test('the list is walked and selected by keyboard alone', async ({ dashboard: page, stage }) => {
  await stage.admin('POST', '/keys/import', {
    provider: 'default',
    text: `${keyOf(1)} ${keyOf(2)} ${keyOf(3)}`,
  });
  await page.goto('/keys');
  await grid(page).getByRole('row').nth(1).focus();
  await page.keyboard.press(' ');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ ');
  await expect(page.getByText('3 selected')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

/**
 * How many rows of the page were there at the call before, and how many of these have been drawn again since: React
 * keeps another object of such a row.
 */
function drawnAgain(page: Page): Promise<{ readonly kept: number; readonly again: number }> {
  return page.evaluate(() => {
    const memory = window as { drawn?: ReadonlyMap<string | null, unknown> };
    const before = memory.drawn ?? new Map<string | null, unknown>();
    const rows = [...document.querySelectorAll('[role=row][data-row]')];
    const now = new Map(
      rows.map((row) => {
        const [, drawn] = Object.entries(row).find(([name]) => name.startsWith('__reactProps$')) ?? [];
        return [row.getAttribute('data-row'), drawn as unknown];
      }),
    );
    memory.drawn = now;
    const kept = [...now].filter(([id]) => before.has(id));
    return { kept: kept.length, again: kept.filter(([id, drawn]) => before.get(id) !== drawn).length };
  });
}

test('rows in sight are not drawn again while one scrolls', async ({ dashboard: page, stage }) => {
  const text = Array.from({ length: 450 }, (_, index) => keyOf(index)).join('\n');
  await stage.admin('POST', '/keys/import', { provider: 'default', text });
  await stage.chat();
  await page.goto('/keys');
  await waitUntilLive(page);
  // Near the second page, so that the list asks for it on the way.
  await grid(page).hover();
  await page.mouse.wheel(0, 36 * 150);
  await expect(page.locator('[aria-rowindex="170"]')).toBeVisible();
  await drawnAgain(page);
  await page.mouse.wheel(0, 36 * 10);
  await expect(page.locator('[aria-rowindex="182"]')).toBeVisible();
  const { kept, again } = await drawnAgain(page);
  expect(kept).toBeGreaterThan(15);
  // The row that Tab leads to is another one.
  expect(again).toBeLessThanOrEqual(2);
});
