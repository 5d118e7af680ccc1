import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { OIDC_CLIENT, TestOidcProvider } from '../support/oidc';
import { expect, still, test, watch } from './fixtures';
import { ADMIN_TOKEN, type Stage } from './stage';

test.use({ stageName: 'oidc' });

const ACCOUNTS = {
  anna: { name: 'Anna Example', email: 'anna@example.org', email_verified: true, groups: ['admins'] },
  vera: { name: 'Vera Viewer', email: 'vera@example.org', email_verified: true, groups: ['staff'] },
  otto: { name: 'Otto Operator', email: 'otto@example.org', email_verified: true, groups: ['on-call'] },
  nobody: { name: 'Nobody Known', email: 'nobody@example.org', email_verified: true, groups: [] },
};
const NAME = 'Sign in with Example';

let provider: TestOidcProvider;
let problems: string[];

test.beforeAll(async ({ stage }) => {
  const redirectUri = `${stage.server.url}/api/auth/callback/oidc`;
  provider = await TestOidcProvider.start({ redirectUri, accounts: ACCOUNTS });
  await set(stage, {
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: OIDC_CLIENT.id,
    OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
    OIDC_SCOPES: 'openid email profile groups',
    OIDC_NAME: NAME,
    OIDC_ADMINS: ['admins'],
    OIDC_OPERATORS: ['on-call'],
    OIDC_VIEWERS: ['staff'],
    API_KEYS: ['sk-first-0123456789abcdef'],
  });
});
test.afterAll(() => provider.stop());
test.beforeEach(({ page }) => {
  problems = watch(page);
});
test.afterEach(() => expect(problems).toEqual([]));

const set = (stage: Stage, values: Record<string, unknown>) => stage.admin('PATCH', '/settings', { values });

/** Through the provider's own pages, until the page that it leads back to listens. */
async function signInThere(page: Page, login: string): Promise<void> {
  const { origin } = new URL(page.url());
  await page.getByRole('button', { name: NAME }).click();
  await page.getByPlaceholder('Enter any login').fill(login);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.origin === origin);
}

async function axe(page: Page): Promise<void> {
  await still(page);
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test('signing in at the provider leads back to the page that was asked for, and names the person', async ({
  page,
}) => {
  await page.goto('/settings?tab=audit');
  await expect(page).toHaveURL(/\/login\?next=/);
  await signInThere(page, 'anna');
  await expect(page).toHaveURL(/\/settings\?tab=audit$/);
  await expect(page.getByText('oidc anna@example.org', { exact: false }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Signed in as Anna Example, Admin' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Admin token')).toBeVisible();
  await page.goto('/');
  await expect(page).toHaveURL(/\/login/);
});

test('whoever has no role is told who they are, and can use the admin token', async ({ page }) => {
  await page.goto('/login');
  await signInThere(page, 'nobody');
  await expect(page.getByRole('alert').filter({ hasText: 'Nobody Known' })).toContainText(
    'you have no role here',
  );
  expect(page.url()).not.toContain('Nobody');
  await axe(page);
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== '/login');
});

test('a viewer sees everything and is offered nothing that the role does not allow', async ({
  page,
  stage,
}) => {
  await page.goto('/keys');
  await signInThere(page, 'vera');
  await expect(page.getByText('sk-fi...def').first()).toBeVisible();
  const add = page.getByRole('button', { name: 'Add keys' }).first();
  await expect(add).toBeDisabled();
  await expect(add).toHaveAttribute('title', 'Needs the role: Operator');
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('add keys');
  await expect(page.getByRole('option', { name: 'Add keys' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.goto('/settings');
  await expect(page.getByLabel('MAX_FAILURES', { exact: true })).toBeDisabled();
  await expect(page.getByText('Needs the role: Admin').first()).toBeVisible();
  await axe(page);
  // A role that is taken away ends the session wherever it is.
  await set(stage, { OIDC_VIEWERS: [] });
  await expect(page).toHaveURL(/\/login\?reason=expired/);
  await set(stage, { OIDC_VIEWERS: ['staff'] });
});

test('an operator saves the note of a key and of a proxy, and is offered nothing else of them', async ({
  page,
  stage,
}) => {
  await stage.admin('POST', '/proxies', { text: 'http://127.0.0.1:9', isShared: false });
  await page.goto('/proxies');
  await signInThere(page, 'otto');
  await page.getByRole('grid', { name: 'Proxies' }).getByRole('row').nth(1).press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('switch')).toBeDisabled();
  await dialog.getByLabel('Note').fill('of the cellar');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible();
  await page.goto('/keys');
  await page.getByText('sk-fi...def').first().click();
  for (const label of ['Provider', 'Weight', 'Proxy', 'Account', 'Requests a minute']) {
    await expect(dialog.getByLabel(label, { exact: true }).first(), label).toBeDisabled();
  }
  await expect(dialog.getByText('Needs the role: Admin').first()).toBeVisible();
  await axe(page);
  await dialog.getByLabel('Tags', { exact: true }).last().fill('mine,');
  await dialog.getByLabel('Note', { exact: true }).fill('of the attic');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible();
  const { items } = await stage.admin<{ items: object[] }>('GET', '/keys');
  expect(items).toMatchObject([{ note: 'of the attic', tags: ['mine'] }]);
});

test('a viewer at the playground asks for no list, and is told who makes tokens', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/models')) asked.push(request.url());
  });
  await page.goto('/playground');
  await signInThere(page, 'vera');
  await expect(page.getByText('Only an admin can make one.').first()).toBeVisible();
  await expect(page.getByRole('main').getByRole('button', { name: 'New token' }).first()).toBeDisabled();
  await page.getByRole('combobox').first().click();
  await expect(page.getByText('In no list.', { exact: false })).toBeVisible();
  expect(asked).toEqual([]);
});

test('what is refused all the same is told in a sentence', async ({ page, stage }) => {
  await page.goto('/providers');
  await signInThere(page, 'anna');
  const test = page.getByRole('button', { name: 'Test' }).first();
  await expect(test).toBeVisible();
  await set(stage, { OIDC_ADMINS: [], OIDC_VIEWERS: ['staff', 'admins'] });
  await test.click();
  await expect(page.getByText('This needs the role operator; yours is viewer.')).toBeVisible();
  await set(stage, { OIDC_ADMINS: ['admins'], OIDC_VIEWERS: ['staff'] });
});

test('a provider that is down is told on the sign-in page, in both languages', async ({ page, stage }) => {
  await set(stage, { OIDC_ISSUER: 'http://127.0.0.1:9' });
  await page.goto('/login?next=%2Flogs');
  await page.getByRole('button', { name: NAME }).click();
  await expect(page).toHaveURL('/login?error=unreachable&next=%2Flogs');
  await expect(page.getByText('The single sign-on does not answer.', { exact: false })).toBeVisible();
  await page.getByLabel('Language').selectOption({ label: '中文' });
  await expect(page.getByText('单点登录没有响应', { exact: false })).toBeVisible();
  await set(stage, { OIDC_ISSUER: provider.issuer });
});

for (const [name, viewport, colorScheme] of [
  ['desktop-light', { width: 1360, height: 860 }, 'light'],
  ['desktop-dark', { width: 1360, height: 860 }, 'dark'],
  ['phone', { width: 390, height: 844 }, 'dark'],
] as const) {
  test(`the pages of people with roles look right: ${name}`, async ({ browser, stage }) => {
    const context = await browser.newContext({
      baseURL: stage.server.url,
      viewport,
      colorScheme,
      locale: 'en-US',
    });
    const page = await context.newPage();
    const shoot = (what: string) =>
      page.screenshot({ path: `test-results/screenshots/oidc-${what}-${name}.png`, animations: 'disabled' });
    await page.goto('/login?error=no_role');
    await expect(page.getByRole('button', { name: NAME })).toBeVisible();
    await axe(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      viewport.width,
    );
    await shoot('login');
    await signInThere(page, 'vera');
    await page.getByRole('button', { name: 'Signed in as' }).click();
    await shoot('account');
    await page.goto('/settings');
    await expect(page.getByLabel('MAX_FAILURES', { exact: true })).toBeVisible();
    await shoot('settings');
    await context.close();
  });
}
