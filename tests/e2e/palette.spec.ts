import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, still, signIn, test, waitUntilLive } from './fixtures';

test.use({ stageName: 'palette' });

const palette = (page: Page) => page.getByRole('dialog', { name: 'Find a page' });
const field = (page: Page) => palette(page).getByRole('combobox');
const choice = (page: Page, name: string | RegExp) => palette(page).getByRole('option', { name });

async function open(page: Page, path = '/'): Promise<void> {
  await page.goto(path);
  await waitUntilLive(page);
  await page.keyboard.press('Control+k');
  await expect(field(page)).toBeFocused();
}

async function expectAccessible(page: Page): Promise<void> {
  await still(page);
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual(
    [],
  );
}

test.beforeAll(async ({ stage }) => {
  const text = ['sk-palette-0000000000000000007pal', 'sk-palette-0000000000000000008pal'].join('\n');
  await stage.admin('POST', '/keys/import', { provider: 'default', text });
  await stage.admin('POST', '/tokens', { name: 'Research group' });
  await stage.admin('POST', '/routes', {
    revision: (await stage.admin<{ revision: number }>('GET', '/routes')).revision,
    routes: [{ name: 'palette-route', targets: [{ provider: 'default' }] }],
  });
});

test('it is fetched when it is opened first, and what is typed meanwhile is not lost', async ({
  dashboard: page,
}) => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.goto('/');
  await waitUntilLive(page);
  await page.route('**/_next/static/**/*.js', async (route) => {
    await released;
    await route.continue();
  });
  const asked = page.waitForRequest('**/_next/static/**/*.js');
  await page.keyboard.press('Control+k');
  await asked;
  await page.keyboard.type('gprox');
  await page.keyboard.press('Backspace');
  release();
  await expect(field(page)).toHaveValue('gpro');
  await page.keyboard.type('x');
  await expect(field(page)).toHaveValue('gprox');
});

test('a part of the program that does not come is said, and asked for again', async ({ dashboard: page }) => {
  await page.goto('/');
  await waitUntilLive(page);
  await page.route('**/_next/static/**/*.js', (route) => route.abort());
  await page.keyboard.press('Control+k');
  await expect(page.getByText('The search could not be loaded')).toBeVisible();
  await page.unroute('**/_next/static/**/*.js');
  await page.getByRole('button', { name: 'Find anything' }).click();
  await expect(field(page)).toBeFocused();
});

test('pages, keys by their end, tokens by name, providers and routes are found, and lead there', async ({
  dashboard: page,
}) => {
  const found: readonly (readonly [string, string | RegExp, RegExp])[] = [
    ['jobs', 'Settings › Jobs', /\/settings\?tab=jobs$/],
    ['7pal', /\.\.\.7pal/, /\/keys\?key=\w+$/],
    ['research', /Research group/, /\/settings\?tab=tokens&token=\w+$/],
    ['default', /^Default/, /\/providers\?open=edit&provider=\w+$/],
    ['palette-r', 'palette-route', /\/models\?open=edit&route=palette-route$/],
  ];
  for (const [text, name, address] of found) {
    await open(page);
    await field(page).fill(text);
    await choice(page, name).click();
    await expect(page).toHaveURL(address);
    await expect(palette(page)).toHaveCount(0);
    if (!text.startsWith('jobs')) await expect(page.getByRole('dialog')).toBeVisible();
  }
});

test('a pasted request id opens its story, by the keyboard alone', async ({ dashboard: page, stage }) => {
  await stage.chat('model-pasted');
  const { items } = await stage.admin<{ items: { requestId: string }[] }>('GET', '/logs/requests?pageSize=1');
  const id = items[0]?.requestId ?? '';
  await open(page, '/keys');
  await page.keyboard.insertText(id);
  await expect(choice(page, new RegExp(id)).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/logs\?log=\w+/);
  await expect(page.getByRole('dialog')).toContainText(id);
});

test('actions open what they name; verifying all keys is asked about first', async ({ dashboard: page }) => {
  const forms: readonly (readonly [string, string])[] = [
    ['Add keys', 'Add keys'],
    ['New provider', 'Add a provider'],
    ['New model route', 'Add a route'],
    ['Add proxies', 'Add proxies'],
    ['New client token', 'New client token'],
  ];
  for (const [name] of forms) {
    await open(page);
    await field(page).fill(name);
    await expect(choice(page, name).first()).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(palette(page)).toHaveCount(0);
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.reload();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page).not.toHaveURL(/open=|token=/);
  }
  await open(page);
  await field(page).fill('verify all');
  await page.keyboard.press('Enter');
  await page
    .getByRole('alertdialog', { name: 'Verify all keys?' })
    .getByRole('button', { name: 'Verify' })
    .click();
  await expect(page.getByText(/Verif/).first()).toBeVisible();
});

test('theme and language change at once', async ({ dashboard: page }) => {
  await open(page);
  await field(page).fill('dark');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveClass(/\bdark\b/);
  await page.keyboard.press('Control+k');
  await field(page).fill('language');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: '概览' })).toBeVisible();
  // Also found by what it is called in English.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('providers');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/providers$/);
});

test('signing out is found', async ({ page, stage }) => {
  await page.goto(`${stage.server.url}/login`);
  await signIn(page);
  await open(page);
  await field(page).fill('sign out');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/login/);
});

test('a late answer to an earlier search never stands under a later one', async ({ dashboard: page }) => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/admin/keys?*search=7pal*', async (route) => {
    await released;
    await route.continue().catch(() => undefined);
  });
  await open(page);
  const asked = page.waitForRequest('**/api/admin/keys?*search=7pal*');
  await field(page).fill('7pal');
  await asked;
  await expect(palette(page).getByText('Searching…')).toBeVisible();
  await field(page).fill('8pal');
  await expect(choice(page, /8pal/).first()).toBeVisible();
  release();
  await expect(choice(page, 'Search the logs for “8pal”')).toBeVisible();
  await expect(choice(page, /7pal/)).toHaveCount(0);
});

test('what could not be searched is said, and the rest is there', async ({ dashboard: page }) => {
  await page.route('**/api/admin/keys?*', (route) =>
    route.fulfill({ status: 400, json: { error: { code: 'bad', message: 'No keys today' } } }),
  );
  await open(page);
  await field(page).fill('research');
  await expect(palette(page).getByRole('alert')).toContainText('No keys today');
  await expect(choice(page, /Research group/)).toBeVisible();
  await page.unroute('**/api/admin/keys?*');
  await palette(page).getByRole('button', { name: 'Try again' }).click();
  await expect(palette(page).getByRole('alert')).toHaveCount(0);
});

test('a whole key is sent in no address, and found', async ({ dashboard: page }) => {
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  await open(page);
  await page.keyboard.insertText('sk-palette-0000000000000000007pal');
  await expect(choice(page, /7pal/)).toBeVisible();
  await expect(palette(page).getByRole('status')).toBeEmpty();
  await expect(palette(page).getByRole('option')).toHaveCount(1);
  expect(addresses.filter((url) => url.includes('sk-palette'))).toEqual([]);
});

test('it has no accessibility violations, full, empty or in trouble, and fits a phone', async ({
  dashboard: page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await waitUntilLive(page);
  await page.getByRole('button', { name: 'Find anything' }).click();
  await expect(field(page)).toBeFocused();
  await expectAccessible(page);
  await field(page).fill('zz');
  await expect(choice(page, 'Search the logs for “zz”')).toBeVisible();
  await expectAccessible(page);
  await field(page).fill('no such thing as this at all, whatever it may be');
  await expect(palette(page).getByText('Searching…')).toHaveCount(0);
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await field(page).fill('');
  await expectAccessible(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Find anything' })).toBeFocused();
});

test('unsaved input is asked about before the palette leads away', async ({ dashboard: page }) => {
  await page.goto('/providers?open=new');
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Half done');
  await page.keyboard.press('Control+k');
  await field(page).fill('proxies');
  await page.keyboard.press('Enter');
  const question = page.getByRole('alertdialog');
  await expect(question).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(palette(page)).toHaveCount(0);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(form.getByLabel('Name', { exact: true })).toHaveValue('Half done');
});

test.describe('single keys', () => {
  test('g and a letter lead to pages, / to the search, ? to the list of shortcuts', async ({
    dashboard: page,
  }) => {
    await page.goto('/');
    await waitUntilLive(page);
    await page.keyboard.type('gk');
    await expect(page).toHaveURL(/\/keys$/);
    await page.keyboard.press('/');
    const search = page.getByLabel('Search hint, note or key');
    await expect(search).toBeFocused();
    await page.keyboard.type('g?/l');
    await expect(search).toHaveValue('g?/l');
    await expect(page).toHaveURL(/\/keys/);
    await search.blur();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(help).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.type('gl');
    await expect(page).toHaveURL(/\/keys/);
    await help.getByRole('switch', { name: /Single keys/ }).click();
    await page.keyboard.press('Escape');
    await expect(help).toHaveCount(0);
    await page.keyboard.type('gl?');
    await page.keyboard.press('Control+k');
    await expect(field(page)).toBeFocused();
    await expect(page).toHaveURL(/\/keys/);
    await field(page).fill('shortcuts');
    await page.keyboard.press('Enter');
    await help.getByRole('switch', { name: /Single keys/ }).click();
    await page.keyboard.press('Escape');
    await expect(help).toHaveCount(0);
    await page.keyboard.type('gl');
    await expect(page).toHaveURL(/\/logs$/);
  });

  test('mean nothing while an input method composes', async ({ dashboard: page }) => {
    await page.goto('/keys');
    await waitUntilLive(page);
    await page.evaluate(() => {
      for (const key of ['?', '/', 'g', 'l']) {
        const press = new KeyboardEvent('keydown', { key, isComposing: true, bubbles: true });
        document.body.dispatchEvent(press);
      }
      const press = new KeyboardEvent('keydown', {
        key: 'k',
        ctrlKey: true,
        isComposing: true,
        bubbles: true,
      });
      document.body.dispatchEvent(press);
    });
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page).toHaveURL(/\/keys$/);
  });
});
