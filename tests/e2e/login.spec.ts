import type { Page } from '@playwright/test';
import { expect, signIn, test } from './fixtures';
import { ADMIN_TOKEN } from './stage';

test.use({ stageName: 'login' });

test('a page asks for the admin token first and then leads back to itself', async ({ page }) => {
  await page.goto('/keys?status=cooling');
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel('Admin token').fill('wrong-token');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('This is not the admin token.')).toBeVisible();
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
  await page.getByLabel('Admin token').press('Enter');
  await expect(page).toHaveURL(/\/keys\?status=cooling$/);
  await expect(page.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();
});

test('the sign-in page leads nowhere but to this site', async ({ page, baseURL }) => {
  for (const next of ['https://elsewhere.invalid/', '//elsewhere.invalid', '/\\elsewhere.invalid']) {
    // A page that is still open would leave for the sign-in page by itself.
    await page.goto('about:blank');
    await page.context().clearCookies();
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.pathname !== '/login');
    expect(new URL(page.url()).origin).toBe(baseURL);
  }
});

test('a session that ends while a page is open says so, and signing in leads back', async ({ page }) => {
  await signIn(page);
  await page.goto('/providers');
  await expect(page.getByRole('heading', { name: 'Default', level: 2 })).toBeVisible();
  const told = page.getByText('Your session has ended', { exact: false });
  await page.context().clearCookies();
  // The open page asks by itself too: the first request that is refused leads away, be it this click's or not.
  await page.getByRole('button', { name: 'Models' }).or(told).first().click();
  await expect(told).toBeVisible();
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/providers/);
});

test('signing out ends the session', async ({ page }) => {
  await signIn(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Admin token')).toBeVisible();
  await page.goto('/');
  await expect(page).toHaveURL(/\/login/);
});

async function chooseChinese(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: '中文' }).click();
}

test('language and theme are kept', async ({ page }) => {
  await signIn(page);
  await chooseChinese(page);
  await expect(page.getByRole('link', { name: '密钥', exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: '主题' }).click();
  await page.getByRole('menuitemradio', { name: '深色' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh');
  await expect(page.locator('html')).toHaveClass(/dark/);
});

test('another language leaves what was being written', async ({ page }) => {
  await signIn(page);
  await page.goto('/settings');
  const field = page.getByLabel('MAX_FAILURES', { exact: true });
  await field.fill('7');
  await chooseChinese(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Settings');
  await expect(field).toHaveValue('7');
});

test('another language leaves the page that was loaded as it is, also where its figures came with it', async ({
  page,
}) => {
  await signIn(page);
  await page.goto('/playground');
  const message = page.getByRole('main').getByRole('textbox').last();
  await message.fill('Half of a sen');
  await chooseChinese(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Playground');
  await expect(message).toHaveValue('Half of a sen');
});

test('another language that cannot be had leaves the page as it is, and says so', async ({ page }) => {
  await signIn(page);
  await page.goto('/settings');
  const field = page.getByLabel('MAX_FAILURES', { exact: true });
  await field.fill('7');
  await page.route(/\.js$/, (route) => route.abort());
  await chooseChinese(page);
  const told = page.getByText('The server does not answer', { exact: false });
  await expect(told).toHaveCount(1);
  await page.unroute(/\.js$/);
  await page.route('**/api/admin/session', (route) => route.abort());
  await chooseChinese(page);
  await expect(told).toHaveCount(2);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(field).toHaveValue('7');
});

test('people who mistype an address get a page, programs get JSON', async ({ page, request }) => {
  const answer = await page.goto('/no-such-page');
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('link', { name: 'OpenAI Balance' })).toHaveAttribute('href', '/');
  const json = await request.get('/no-such-page', { headers: { accept: 'application/json' } });
  expect(json.status()).toBe(404);
  expect(await json.json()).toMatchObject({ error: { code: 'unknown_path' } });
});

test('too many wrong tokens in a row mean a wait that is told, but not for the right one', async ({
  page,
}) => {
  await page.goto('/login');
  const wait = page.getByText('Too many wrong tokens', { exact: false });
  await expect(async () => {
    await page.getByLabel('Admin token').fill('guess');
    await page.getByLabel('Admin token').press('Enter');
    await expect(wait).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).not.toHaveURL(/\/login/);
});
