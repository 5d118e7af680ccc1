import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { makeBusy } from './busy-gateway';
import { expect, still, test, waitUntilLive } from './fixtures';

const pages = [
  { name: 'overview', path: '/' },
  { name: 'explore', path: '/explore' },
  { name: 'explore-total', path: '/explore?group=none&range=today' },
  { name: 'explore-key', path: '/explore?group=key&metric=latencyP50Ms' },
  { name: 'keys', path: '/keys' },
  { name: 'providers', path: '/providers' },
  { name: 'models', path: '/models' },
  { name: 'playground', path: '/playground' },
  { name: 'proxies', path: '/proxies' },
  { name: 'logs', path: '/logs' },
  { name: 'errors', path: '/logs?tab=errors' },
  { name: 'incidents', path: '/logs?tab=incidents' },
  { name: 'settings', path: '/settings' },
  { name: 'tokens', path: '/settings?tab=tokens' },
  { name: 'prices', path: '/settings?tab=prices' },
  { name: 'alerts', path: '/settings?tab=alerts' },
  { name: 'jobs', path: '/settings?tab=jobs' },
  { name: 'moving-in', path: '/settings?tab=moving-in' },
  { name: 'audit', path: '/settings?tab=audit' },
];
const screens = [
  { name: 'desktop', viewport: { width: 1360, height: 860 }, looks: { light: 'light', dark: 'dark' } },
  { name: 'phone', viewport: { width: 390, height: 844 }, looks: { phone: 'dark' } },
] as const;

/** What is behind a click, opened from the page at `path`. */
const opened: readonly { name: string; path: string; open: (page: Page) => Promise<void> }[] = [
  { name: 'key', path: '/keys?status=cooling', open: (page) => openRow(page, 'Keys') },
  { name: 'story', path: '/logs?status=5xx', open: (page) => openRow(page, 'Requests') },
  { name: 'proxy', path: '/proxies', open: (page) => openRow(page, 'Proxies') },
  { name: 'import', path: '/keys', open: openImport },
  { name: 'selection', path: '/keys', open: selectAll },
  { name: 'provider-form', path: '/providers', open: (page) => click(page, 'Edit', 1) },
  { name: 'provider-models', path: '/providers', open: (page) => click(page, 'Models', 0) },
  { name: 'range', path: '/?range=yesterday', open: (page) => click(page, 'Choose dates: Yesterday', 0) },
  { name: 'connect', path: '/', open: (page) => click(page, 'Connect a client', 0) },
  { name: 'route-form', path: '/models', open: (page) => click(page, 'Edit fast', 0) },
  { name: 'add-proxies', path: '/proxies', open: (page) => click(page, 'Add proxies', 0) },
  { name: 'error-story', path: '/logs?tab=errors', open: (page) => openRow(page, 'Errors') },
  { name: 'token', path: '/settings?tab=tokens', open: (page) => click(page, 'New token', 0) },
  { name: 'tasks', path: '/', open: openTasks },
  { name: 'move', path: '/keys', open: openMove },
  { name: 'question', path: '/keys', open: askAboutUnsaved },
  { name: 'guide', path: '/', open: openGuide },
  { name: 'chat', path: '/playground', open: askTwo },
  { name: 'chat-code', path: '/playground', open: (page) => click(page, 'Copy as code', 0) },
  { name: 'setting-change', path: '/settings?find=MAX_', open: changeSetting },
];

test.use({ stageName: 'screenshots' });
test.beforeAll(async ({ stage }) => makeBusy(stage));

for (const { name: screen, viewport, looks } of screens) {
  test.describe(screen, () => {
    test.use({ viewport });

    for (const { name, path } of pages) {
      test(`${name} has no accessibility violations and fits the ${screen}`, async ({ dashboard }) => {
        await dashboard.goto(path);
        await settle(dashboard);
        await expectGood(dashboard, name, looks, true);
      });
    }

    for (const { name, path, open } of opened) {
      test(`${name} opens without accessibility violations on the ${screen}`, async ({ dashboard }) => {
        await dashboard.goto(path);
        await settle(dashboard);
        await open(dashboard);
        await settle(dashboard);
        await expectGood(dashboard, name, looks, false);
      });
    }

    test(`the sign-in page has no accessibility violations on the ${screen}`, async ({ page }) => {
      await page.goto('/login?reason=expired');
      await expect(page.getByRole('status')).toBeVisible();
      await expectGood(page, 'login', looks, false);
    });
  });
}

/** In each look, as if the system changed from one to the next while the page is open. */
async function expectGood(
  page: Page,
  name: string,
  looks: Readonly<Record<string, 'light' | 'dark'>>,
  isWhole: boolean,
): Promise<void> {
  for (const [look, colorScheme] of Object.entries(looks)) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${colorScheme}\\b`));
    await shoot(page, `${name}-${look}`, isWhole);
    await expectAccessible(page);
  }
  await expectNoSidewaysScroll(page);
}

async function settle(page: Page): Promise<void> {
  await waitUntilLive(page);
  await expect(page.locator('.animate-sheen')).toHaveCount(0);
}

async function expectAccessible(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
  await still(page);
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
  );
  expect(found).toEqual([]);
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}

async function shoot(page: Page, name: string, fullPage: boolean): Promise<void> {
  await still(page);
  await page.screenshot({ path: `test-results/screenshots/${name}.png`, fullPage });
}

async function openRow(page: Page, table: string): Promise<void> {
  await page.getByRole('grid', { name: table }).getByRole('row').nth(1).press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
}

async function click(page: Page, name: string, index: number): Promise<void> {
  await page.getByRole('button', { name, exact: true }).nth(index).click();
  await expect(page.getByRole('dialog')).toBeVisible();
}

async function openImport(page: Page): Promise<void> {
  await click(page, 'Add keys', 0);
  await page
    .getByRole('textbox', { name: 'Keys', exact: true })
    .fill('sk-new-00000000000001\nsk-new-00000000000001\nsk-good-00000000000000000001\nключ');
  await expect(page.getByRole('button', { name: 'Add 1 key' })).toBeVisible();
}

async function openTasks(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Tasks/ }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
}

async function openMove(page: Page): Promise<void> {
  await selectAll(page);
  await page.getByRole('toolbar').getByRole('button', { name: /^Move/ }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
}

async function askAboutUnsaved(page: Page): Promise<void> {
  await openImport(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toBeVisible();
}

/** With the form open and keys pasted, as somebody sees it who adds more. */
async function openGuide(page: Page): Promise<void> {
  await page.evaluate(() => localStorage.setItem('first-run', '{}'));
  await page.reload();
  await page.getByRole('button', { name: 'Add more keys' }).click();
  await page.getByRole('textbox', { name: 'Keys', exact: true }).fill('sk-new-00000000000001\nhello');
  await expect(page.getByRole('button', { name: 'Add 1 key' })).toBeVisible();
}

async function selectAll(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: 'Select all that match' }).click();
  await expect(page.getByRole('toolbar')).toBeVisible();
}

async function changeSetting(page: Page): Promise<void> {
  await page.getByLabel('MAX_RETRIES').fill('-1');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Nothing was saved', { exact: false })).toBeVisible();
}

/** With two answers side by side, and the story of the first. */
async function askTwo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New token' }).first().click();
  await page.getByRole('combobox', { name: 'Model or route' }).fill('gpt-4o-mini');
  await page.getByRole('button', { name: 'Ask a second model as well' }).click();
  await page.getByRole('combobox', { name: 'Model 2' }).fill('groq/llama-3.3-70b-versatile');
  await page.getByRole('combobox', { name: 'Model 2' }).press('Escape');
  await page.getByRole('textbox', { name: 'Message' }).fill('What is round robin?');
  // The new token may still be on its way.
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeEnabled();
  await page.getByRole('textbox', { name: 'Message' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Ask again' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What happened' })).toBeVisible();
}
