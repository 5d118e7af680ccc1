import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

test.use({ stageName: 'limits' });

interface Item {
  readonly id: string;
  readonly limits: object | null;
  readonly account: string | null;
}

const keyOf = (name: string) => `sk-limits-0123456789abcdef-${name}`;
const field = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('textbox', { name, exact: true });
const button = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true });

test.beforeEach(async ({ stage }) => {
  await stage.admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
});

test('limits of a provider are set in its form, and are what its keys have that say nothing', async ({
  dashboard: page,
  stage,
}) => {
  const { items } = await stage.admin<{ items: Item[] }>('GET', '/providers');
  const [provider] = items;
  await stage.admin('POST', '/keys/import', { provider: 'default', text: keyOf('a') });
  await page.goto(`/providers?open=edit&provider=${provider?.id}`);
  await field(page, 'Requests a minute').fill('60');
  await button(page, 'Add a model').click();
  await field(page, 'Model').fill('gpt-4o');
  await page
    .getByRole('dialog')
    .getByRole('group', { name: 'gpt-4o' })
    .getByLabel('Tokens a day')
    .fill('5000');
  await page.getByRole('dialog').getByLabel('Time zone').fill('Asia/Shanghai');
  await button(page, 'Save').click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const limits = {
    requestsPerMinute: 60,
    models: { 'gpt-4o': { tokensPerDay: 5_000 } },
    dayResetsAt: { time: '00:00', zone: 'Asia/Shanghai' },
  };
  expect(await stage.admin('GET', `/providers/${provider?.id}`)).toMatchObject({ limits });
  await expect(page.getByText(/60 requests\/min; .?gpt-4o.?: 5000 tokens\/day/)).toBeVisible();

  const [key] = (await stage.admin<{ items: Item[] }>('GET', '/keys')).items;
  await page.goto(`/keys?key=${key?.id}`);
  await expect(page.getByRole('dialog').getByText('(of the provider)')).toBeVisible();
  await expect(field(page, 'Requests a minute')).toHaveAttribute('placeholder', '60');
});

test('limits and the account of a key are set in its drawer; what is wrong says so beside its field', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: keyOf('a') });
  const [key] = (await stage.admin<{ items: Item[] }>('GET', '/keys')).items;
  await page.goto(`/keys?key=${key?.id}`);
  await field(page, 'Account').fill('team a');
  const concurrency = field(page, 'Requests at a time');
  await concurrency.fill('1.5');
  await expect(concurrency).toHaveAttribute('aria-invalid', 'true');
  await expect(concurrency).toHaveAccessibleDescription('must be a whole number from 1');
  await expect(button(page, 'Save changes')).toBeDisabled();
  await concurrency.fill('2');
  const zone = page.getByRole('dialog').getByLabel('Time zone');
  await zone.fill('Mars');
  await expect(zone).toHaveAttribute('aria-invalid', 'true');
  await zone.fill('UTC');
  await field(page, 'The day begins at').fill('07:30');
  await button(page, 'Save changes').click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  expect(await stage.admin('GET', `/keys/${key?.id}`)).toMatchObject({
    account: 'team a',
    limits: { concurrency: 2, dayResetsAt: { time: '07:30', zone: 'UTC' } },
  });
  await page.getByRole('dialog').getByRole('link', { name: 'team a' }).click();
  await expect(page).toHaveURL(/account=team\+a/);
});

test('limits and accounts of many keys are set and taken away together', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: `${keyOf('a')} ${keyOf('b')}` });
  const choose = async (label: string, choice: string) => {
    await page.getByRole('dialog').getByRole('combobox', { name: label, exact: true }).click();
    await page.getByRole('option', { name: choice }).click();
  };
  const edit = async () => {
    await page.getByRole('checkbox', { name: 'Select all that match' }).click();
    await page.getByRole('toolbar', { name: 'Selected keys' }).getByRole('button', { name: 'Edit' }).click();
    await expect(button(page, 'Apply')).toBeDisabled();
  };
  const options = async () => {
    const { items } = await stage.admin<{ items: Item[] }>('GET', '/keys');
    return items.map(({ limits, account }) => ({ limits, account }));
  };
  await page.goto('/keys');
  await edit();
  await choose('Account', 'Set');
  await field(page, 'New account').fill('both');
  await choose('Limits', 'Set');
  await field(page, 'Requests a day').fill('0');
  await expect(button(page, 'Apply')).toBeDisabled();
  await field(page, 'Requests a day').fill('500');
  await button(page, 'Apply').click();
  const both = { account: 'both', limits: { requestsPerDay: 500 } };
  await expect.poll(options).toEqual([both, both]);
  await edit();
  await choose('Limits', 'Take away');
  await button(page, 'Apply').click();
  const cleared = { account: 'both', limits: null };
  await expect.poll(options).toEqual([cleared, cleared]);
});

test('an import takes limits and accounts from columns and from the form, and shows them before', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto('/keys');
  await page.getByRole('button', { name: 'Add keys' }).first().click();
  const rows = [`${keyOf('a')},60,team a`, `${keyOf('b')},,`, `${keyOf('c')},0,`];
  await field(page, 'Keys').fill(['key,requests_per_minute,account', ...rows].join('\n'));
  await field(page, 'Account of all of them').fill('others');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Account team a · 60 requests/min')).toBeVisible();
  await expect(dialog.getByText('Account others')).toBeVisible();
  await expect(
    dialog.getByText('has limits of an unknown name, or that are no whole numbers from 1'),
  ).toBeVisible();
  await dialog.getByText('Limits of all of them').click();
  await field(page, 'Requests at a time').fill('3');
  await expect(dialog.getByText('Account others · 3 at a time')).toBeVisible();
  await button(page, 'Add 2 keys').click();
  await expect(dialog).toHaveCount(0);
  const { items } = await stage.admin<{ items: Item[] }>('GET', '/keys?sort=hint&order=asc');
  expect(items).toMatchObject([
    { account: 'team a', limits: { requestsPerMinute: 60 } },
    { account: 'others', limits: { concurrency: 3 } },
  ]);
});

test('the fields fit a phone', async ({ dashboard: page, stage }) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: keyOf('a') });
  const [key] = (await stage.admin<{ items: Item[] }>('GET', '/keys')).items;
  await page.setViewportSize({ width: 320, height: 568 });
  await page.goto(`/keys?key=${key?.id}`);
  await button(page, 'Add a model').click();
  await expect(field(page, 'Model')).toBeVisible();
  const widths = await page
    .getByRole('dialog')
    .evaluate((dialog) => [...dialog.querySelectorAll('*')].map((one) => one.scrollWidth - one.clientWidth));
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(widths.length).toBeGreaterThan(50);
  expect(over).toBeLessThanOrEqual(0);
  const dialogOver = await page
    .getByRole('dialog')
    .evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
  expect(dialogOver).toBeLessThanOrEqual(0);
});
