import Sqlite from 'better-sqlite3';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { ROLLUP_COLUMNS } from '../../lib/store/usage/rollup-row';
import { expect, test, waitUntilLive } from './fixtures';
import type { Stage } from './stage';

const DAY = 86_400_000;
const HOUR = DAY / 24;
const midnight = (ago: number) => Math.floor(Date.now() / DAY) * DAY - ago * DAY;
const day = (ago: number) => new Date(midnight(ago)).toISOString().slice(0, 10);
const short = (ago: number) =>
  new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(midnight(ago));

test.use({ stageName: 'range' });
test.beforeAll(async ({ stage }) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-range-0123456789abcdef-01' });
  await stage.chat('gpt-4o-mini');
  await spread(stage);
});

/** What was counted just now is counted at three hours of yesterday as well, at one the day before, and long ago. */
async function spread({ server }: Stage): Promise<void> {
  const database = new Sqlite(join(server.dataDir, 'default_db.sqlite'));
  const count = database.prepare<[], { readonly sum: number }>(
    `SELECT COUNT(*) AS sum FROM UsageRollup WHERE resolution IN ('minute', 'key_min', 'tok_min')`,
  );
  await expect.poll(() => count.get()?.sum).toBe(3);
  const times = [9, 14, 15].map((hour) => midnight(1) + hour * HOUR);
  for (const at of [...times, midnight(2) + 14 * HOUR, midnight(12)]) {
    const columns = ROLLUP_COLUMNS.map((name) => (name === 'bucketStart' ? String(at) : name));
    database.exec(
      `INSERT INTO UsageRollup (${ROLLUP_COLUMNS.join()}) SELECT ${columns.join()} FROM UsageRollup
       WHERE bucketStart > ${Date.now() - HOUR} AND resolution IN ('minute', 'key_min', 'tok_min')`,
    );
  }
  database.close();
}

const tile = (page: Page, name: string) =>
  page.locator('main dl > div', { has: page.getByText(name, { exact: true }) });
const requests = (page: Page) => tile(page, 'Requests').locator('dd p').first();
const picker = (page: Page) => page.getByRole('button', { name: /^Choose dates/ });
const form = (page: Page) => page.getByRole('dialog', { name: 'Choose dates' });

async function chooseDays(page: Page, from: string, to: string): Promise<void> {
  await picker(page).click();
  await form(page).getByLabel('From').fill(from);
  await form(page).getByLabel('To').fill(to);
  await form(page).getByLabel('To').press('Enter');
}

test('days by their names, by the keyboard alone: the address has them, reloads and other pages keep them', async ({
  dashboard: page,
}) => {
  await page.goto('/');
  await waitUntilLive(page);
  await picker(page).focus();
  await page.keyboard.press('Enter');
  await expect(form(page).getByRole('button', { name: 'Today' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/range=yesterday/);
  await expect(picker(page)).toBeFocused();
  await expect(picker(page)).toHaveText('Yesterday');
  await expect(page.getByText(`Shown: ${short(1)}`)).toBeVisible();
  await expect(requests(page)).toContainText('3');
  await expect(page.getByText(`Changes: beside ${short(2)}`)).toBeVisible();
  await expect(tile(page, 'Requests')).toContainText('× 3.0');
  await expect(page.locator('[data-chart="requests"] [data-series="former"]')).toBeVisible();
  await page.reload();
  await expect(picker(page)).toHaveText('Yesterday');
  await page.getByRole('navigation').getByRole('link', { name: 'Keys' }).click();
  await expect(page).toHaveURL(/\/keys/);
  await page.goBack();
  await expect(page).toHaveURL(/range=yesterday/);
  await expect(picker(page)).toHaveText('Yesterday');
});

test('what it is compared with is chosen, and said; before the first record there is nothing', async ({
  dashboard: page,
}) => {
  await page.goto(`/?range=${day(1)}..${day(1)}`);
  await expect(page.getByText(`Changes: beside ${short(2)}`)).toBeVisible();
  await page.getByRole('combobox', { name: 'Compare with' }).click();
  await page.getByRole('option', { name: 'No comparison' }).click();
  await expect(page).toHaveURL(/compare=none/);
  await expect(page.getByText('Changes: beside')).toHaveCount(0);
  await expect(page.locator('[data-series="former"]')).toHaveCount(0);
  await page.goto(`/?range=${day(11)}..${day(1)}`);
  await expect(requests(page)).toContainText('4');
  await expect(page.getByText('Changes: beside')).toHaveCount(0);
  await expect(page.locator('[data-chart] rect').first()).toBeVisible();
  await expect(page.locator('[data-series="former"]')).toHaveCount(0);
});

test('typed days and times: tiles, Explore, its file and the logs have the same sums', async ({
  dashboard: page,
}) => {
  await page.goto('/');
  await waitUntilLive(page);
  await chooseDays(page, day(2), day(1));
  await expect(page).toHaveURL(new RegExp(`range=${day(2)}\\.\\.${day(1)}`));
  await expect(requests(page)).toContainText('4');
  await page.getByRole('link', { name: 'All of it: By model' }).click();
  const total = page.getByRole('group', { name: 'By model' }).getByRole('row').last().getByRole('cell');
  await expect(total.nth(1)).toHaveText('4', { useInnerText: true });
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Figures of the groups as CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(`traffic-by-model-${day(2)}-to-${day(1)}.csv`);
  expect(await readFile(await file.path(), 'utf8')).toMatch(/\r\ntotal,,,,,4,/);

  await picker(page).click();
  await form(page).getByText('With times').click();
  await expect(form(page).getByLabel('To')).toHaveValue(`${day(0)}T00:00`);
  await form(page)
    .getByLabel('From')
    .fill(`${day(1)}T14:00`);
  await form(page)
    .getByLabel('To')
    .fill(`${day(1)}T17:00`);
  await form(page).getByRole('button', { name: 'Show' }).click();
  await expect(picker(page)).toContainText(`${short(1)}, 14:00 – 17:00`);
  await expect(total.nth(1)).toHaveText('2', { useInnerText: true });

  await page.goto(`/explore?group=none&range=${day(0)}..${day(0)}`);
  await expect(page.getByText('Shown:')).toContainText(`${short(0)}, 00:00`);
  const sum = await page.getByRole('row').last().getByRole('cell').nth(1).innerText();
  await page.getByRole('link', { name: 'Requests in the logs' }).click();
  await expect(page).toHaveURL(new RegExp(`from=${day(0)}T00%3A00Z`));
  await expect(page.getByRole('grid', { name: 'Requests' })).toHaveAttribute(
    'aria-rowcount',
    String(Number(sum) + 1),
  );
});

test('the former time is a faint line beside one figure that is not grouped', async ({ dashboard: page }) => {
  await page.goto(`/explore?group=none&range=${day(1)}..${day(1)}`);
  await expect(page.locator('[data-chart="requests"] [data-series="former"]')).toBeVisible();
  await expect(page.getByText(`× 3.0 beside ${short(2)}`)).toBeVisible();
  await expect(page.getByText(`Before: ${short(2)}`).first()).toBeVisible();
  await page.getByRole('combobox', { name: 'Group by' }).click();
  await page.getByRole('option', { name: 'By model' }).click();
  await expect(page.getByRole('group', { name: 'By model' })).toBeVisible();
  await expect(page.locator('[data-series="former"]')).toHaveCount(0);
});

test('what is no range says so, and can be put right', async ({ dashboard: page }) => {
  await page.goto('/');
  await waitUntilLive(page);
  await chooseDays(page, day(1), day(2));
  await expect(form(page).getByRole('alert')).toHaveText('must not be before the beginning');
  await form(page).getByLabel('To').fill(day(1));
  await form(page).getByLabel('To').press('Enter');
  await expect(requests(page)).toContainText('3');

  await page.goto('/?range=2026-02-30..2026-03-01');
  await expect(page.getByRole('alert').filter({ hasText: 'must be a day or a time' })).toBeVisible();
  await picker(page).click();
  await form(page).getByRole('button', { name: 'Yesterday' }).click();
  await expect(requests(page)).toContainText('3');
});

test('a time that is over is not asked for again while traffic goes on', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto(`/?range=${day(1)}..${day(1)}`);
  await waitUntilLive(page);
  await expect(page.locator('[data-chart] rect').first()).toBeVisible();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  for (let times = 0; times < 2; times += 1) {
    const overview = page.waitForResponse('**/api/admin/stats/overview*');
    await stage.chat('gpt-4o-mini');
    await overview;
  }
  expect(asked.filter((path) => /stats\/(timeseries|models|tokens)$/.test(path))).toEqual([]);
});

test('the usage of one key has the same ranges, and keeps the one chosen', async ({ dashboard: page }) => {
  await page.goto('/keys');
  await page.getByRole('grid', { name: 'Keys' }).getByRole('row').nth(1).click();
  const drawer = page.getByRole('dialog').first();
  await drawer.getByRole('button', { name: /^Choose dates/ }).click();
  await form(page).getByRole('button', { name: 'Yesterday' }).click();
  await expect(page).toHaveURL(/usage=yesterday/);
  await expect(drawer.getByRole('button', { name: 'Choose dates: Yesterday' })).toBeVisible();
  await expect(drawer.getByRole('list', { name: 'By model' })).toContainText('3');
  await page.reload();
  await expect(drawer.getByRole('button', { name: 'Choose dates: Yesterday' })).toBeVisible();
});
