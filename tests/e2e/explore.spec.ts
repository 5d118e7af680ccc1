import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { makeBusy } from './busy-gateway';
import { expect, test, waitUntilLive } from './fixtures';

test.use({ stageName: 'explore' });
test.beforeAll(async ({ stage }) => makeBusy(stage));

const choose = async (page: Page, name: string, option: string) => {
  await page.getByRole('combobox', { name, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};

test('a figure by a group: the address tells it, a click leads to one of them and back to all', async ({
  dashboard: page,
}) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'All of it: By model' }).click();
  await expect(page).toHaveURL(/\/explore\?range=24h&group=model$|\/explore\?group=model$/);
  await expect(page.locator('[data-chart="requests"] rect').first()).toBeVisible();
  const table = page.getByRole('group', { name: 'By model' });
  await expect(table.getByRole('link', { name: 'gpt-4o-mini' })).toBeVisible();

  await choose(page, 'Figure', 'Latency, p95');
  await expect(page).toHaveURL(/metric=latencyP95Ms/);
  await expect(page.locator('[data-chart="latencyP95Ms"]')).toBeVisible();
  await table.getByRole('button', { name: 'Requests' }).click();
  await expect(page).toHaveURL(/sort=requests\.asc/);
  await expect(table.getByRole('columnheader', { name: 'Requests' })).toHaveAttribute(
    'aria-sort',
    'ascending',
  );
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Figure' })).toContainText('Latency, p95');
  await expect(table.getByRole('columnheader', { name: 'Requests' })).toHaveAttribute(
    'aria-sort',
    'ascending',
  );

  await table.getByRole('link', { name: 'gpt-4o-mini' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Model gpt-4o-mini' })).toBeVisible();
  await expect(page).toHaveURL(/metric=latencyP95Ms.*model=gpt-4o-mini/);
  await page.getByRole('link', { name: 'All models' }).click();
  await expect(page.getByRole('heading', { name: 'All traffic' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Model gpt-4o-mini' })).toBeVisible();
  await page.getByRole('link', { name: 'Its requests in the logs' }).click();
  await expect(page).toHaveURL(/\/logs\?model=gpt-4o-mini$/);
});

test('its rows make up the total, which is that of the overview, and all of it is live', async ({
  dashboard: page,
  stage,
}) => {
  const rows = page.getByRole('group', { name: 'By provider' }).getByRole('row');
  const figure = async (index: number) => Number(await rows.nth(index).getByRole('cell').nth(1).innerText());
  await page.goto('/explore?group=provider');
  await waitUntilLive(page);
  const count = await rows.count();
  let sum = 0;
  for (let index = 1; index < count - 1; index += 1) sum += await figure(index);
  const total = await figure(count - 1);
  expect(total).toBe(sum);
  await page.goto('/');
  await expect(page.getByRole('definition').first()).toContainText(String(total));
  await page.goto('/explore?group=provider');
  await waitUntilLive(page);
  await stage.chat('gpt-test');
  await expect(rows.last().getByRole('cell').nth(1)).toHaveText(String(total + 1), { useInnerText: true });
});

test('the page of a client token cannot be split by key, and that of a key not by token', async ({
  dashboard: page,
}) => {
  await page.goto('/explore?group=token');
  await page.getByRole('group', { name: 'By client token' }).getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: /^Client token / })).toBeVisible();
  await page.getByRole('combobox', { name: 'Group by' }).click();
  await expect(page.getByRole('option', { name: 'By model' })).toBeVisible();
  await expect(page.getByRole('option', { name: 'By key' })).toHaveCount(0);
  await page.keyboard.press('Escape');

  await page.goto('/explore?group=key');
  await page.getByRole('group', { name: 'By key' }).getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: /^Key / })).toBeVisible();
  await page.getByRole('combobox', { name: 'Group by' }).click();
  await expect(page.getByRole('option', { name: 'By model' })).toBeVisible();
  await expect(page.getByRole('option', { name: 'By client token' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page.getByRole('heading', { name: 'All traffic' })).toBeVisible();
});

test('by outcome: what ended in one way is a click away in the logs', async ({ dashboard: page }) => {
  await page.goto('/explore');
  await choose(page, 'Group by', 'By outcome');
  await expect(page).toHaveURL(/group=status/);
  const table = page.getByRole('group', { name: 'By outcome' });
  await table.getByRole('link', { name: 'Succeeded' }).click();
  await expect(page).toHaveURL(/\/logs\?result=succeeded$/);
});

test('by verdict: one is a click away, with the way back, its requests in the logs, and a file', async ({
  dashboard: page,
}) => {
  await page.goto('/explore');
  await choose(page, 'Group by', 'By verdict');
  await expect(page).toHaveURL(/group=verdict/);
  const table = page.getByRole('group', { name: 'By verdict' });
  await expect(table.getByRole('link', { name: 'Succeeded success' })).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Figures of the groups as CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('traffic-by-verdict-24h.csv');
  expect(await readFile(await download.path(), 'utf8')).toMatch(/\r\nverdict,key_rejected,,,,\d+,/);

  await table.getByRole('link', { name: 'Key rejected' }).click();
  await expect(page.getByRole('heading', { name: 'Verdict Key rejected' })).toBeVisible();
  await expect(page).toHaveURL(/verdict=key_rejected/);
  await page.getByRole('combobox', { name: 'Group by' }).click();
  await expect(page.getByRole('option', { name: 'By proxy' })).toBeVisible();
  await expect(page.getByRole('option', { name: /By (key|client token)/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Its requests in the logs' }).click();
  await expect(page).toHaveURL(/\/logs\?outcome=key_rejected$/);
  await page.goBack();
  await page.getByRole('button', { name: /Verdict Key rejected$/ }).click();
  await expect(page.getByRole('heading', { name: 'All traffic' })).toBeVisible();
});

test('by proxy: what goes without one is called so, and each tells which verdicts it met', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto('/explore?group=proxy');
  const table = page.getByRole('group', { name: 'By proxy' });
  await table.getByRole('link', { name: 'Without a proxy' }).click();
  await expect(page.getByRole('heading', { name: 'Without a proxy' })).toBeVisible();
  await expect(page.getByRole('group', { name: 'By verdict' }).getByRole('link').first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'Its requests in the logs' })).toHaveCount(0);
  await page.getByRole('link', { name: 'All proxies' }).click();
  await expect(table).toBeVisible();

  const { items } = await stage.admin<{ items: { id: string; address: string }[] }>('GET', '/proxies');
  const [proxy] = items;
  await page.goto(`/proxies?proxy=${proxy?.id}`);
  await page.getByRole('link', { name: 'Explore what it met' }).click();
  await expect(page.getByRole('heading', { name: `Proxy ${proxy?.address}` })).toBeVisible();
  await expect(page.getByText('No traffic in this time')).toBeVisible();
});

test('the table is to be had as CSV', async ({ dashboard: page }) => {
  await page.goto('/explore?group=model&range=7d');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Figures of the groups as CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('traffic-by-model-7d.csv');
  const text = await readFile(await download.path(), 'utf8');
  expect(text).toMatch(/^group,id,name,hint,provider,requests,/);
  expect(text).toMatch(/\r\nmodel,gpt-4o-mini,/);
  expect(text).toMatch(/\r\ntotal,,,,,\d+,/);
});

test('what nobody asked for is said to be so', async ({ dashboard: page }) => {
  await page.goto('/explore?model=never-asked-for');
  await expect(page.getByText('No traffic in this time')).toBeVisible();
  await page.goto('/explore?range=nonsense&metric=nonsense&group=nonsense');
  await expect(page.getByRole('group', { name: 'By model' })).toBeVisible();
});
