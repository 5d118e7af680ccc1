import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type en from '../../messages/en.json';
import { reply } from '../support/scripted-upstream';
import { LONG_MODEL, startCrowdedStage, type CrowdedStage } from './crowded-gateway';
import { expect, signIn, still, test as base, watch } from './fixtures';

/** 720 px is a window of 1440 px at 200 %. */
const SIZES = [
  { width: 320, height: 568 },
  { width: 390, height: 844 },
  { width: 720, height: 450 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
];
const LANGUAGES = ['en', 'zh'] as const;
type Texts = typeof en;

function textsOf(language: string): Texts {
  const path = new URL(`../../messages/${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Texts;
}

const test = base.extend<object, { crowded: CrowdedStage }>({
  crowded: [
    async ({}, use) => {
      const stage = await startCrowdedStage();
      await use(stage);
      await stage.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ crowded }, use) => use(crowded.server.url),
});

const PATHS = [
  '/',
  '/?range=30d',
  '/explore',
  '/explore?group=key&metric=costUsd',
  '/explore?group=token&range=30d',
  '/explore?group=verdict',
  '/explore?group=proxy&verdict=rate_limited',
  '/keys',
  '/keys?status=cooling&provider=fireworks-produktion-frankfurt-team-blau&minFailures=1',
  '/providers',
  '/models',
  '/playground',
  '/proxies',
  '/logs',
  '/logs?tab=errors',
  '/logs?tab=incidents',
  '/settings',
  '/settings?tab=tokens',
  '/settings?tab=jobs',
  '/settings?tab=moving-in',
  '/settings?tab=audit',
];

interface Opened {
  readonly path: string;
  readonly open: (page: Page, texts: Texts) => Promise<void>;
}

const isOpen = (page: Page) => expect(page.getByRole('dialog')).toBeVisible();
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Opened by its address, and there when its answer is. */
const byAddress = (path: string): Opened => ({ path, open: isOpen });

function openedOf(stage: CrowdedStage, logId: string): readonly Opened[] {
  const { keyIds, proxyIds, providerId } = stage;
  const press = (path: string, nameOf: (texts: Texts) => string): Opened => ({
    path,
    open: async (page, texts) => {
      await button(page, nameOf(texts)).first().click();
      await isOpen(page);
    },
  });
  return [
    byAddress(`/keys?key=${keyIds[0]}`),
    byAddress(`/logs?log=${logId}`),
    byAddress(`/proxies?proxy=${proxyIds[0]}`),
    ...['edit', 'connect', 'models'].map((what) =>
      byAddress(`/providers?open=${what}&provider=${providerId}`),
    ),
    byAddress('/providers?open=new'),
    press('/keys', (texts) => texts.keys.add),
    press('/proxies', (texts) => texts.proxies.add),
    press('/settings?tab=tokens', (texts) => texts.tokens.add),
    { path: '/', open: openTasks },
    { path: '/keys', open: (page, texts) => openMenu(page, texts.keys.more) },
    { path: '/logs', open: (page, texts) => openMenu(page, texts.logs.more) },
    { path: '/keys', open: (page, texts) => openMenu(page, texts.common.columns.choose) },
    { path: '/keys', open: (page, texts) => openMenu(page, texts.keys.tags.filter) },
    { path: '/keys', open: openTagsOfMany },
    { path: '/keys?status=active', open: (page, texts) => openMenu(page, texts.views.menu) },
    { path: '/explore?group=key', open: saveView },
    { path: '/', open: (page, texts) => openMenu(page, texts.layout.theme) },
    { path: '/keys', open: askToDelete },
    { path: '/keys', open: pasteKeys },
    ...[
      ['/keys', 3],
      ['/logs', 3],
      ['/explore', 5],
      ['/proxies', 1],
      ['/providers?open=new', 1],
      [`/providers?open=connect&provider=${providerId}`, 1],
    ].flatMap(([path, selects]) =>
      Array.from({ length: Number(selects) }, (_, index) => ({
        path: String(path),
        open: (page: Page) => openSelect(page, index),
      })),
    ),
    { path: '/playground', open: openModels },
    press('/playground', (texts) => texts.playground.copy),
    { path: '/playground', open: chatOfTwo },
    { path: '/providers', open: (page, texts) => raiseToast(stage, page, texts) },
    // Last: it is there for all that come after it.
    { path: '/', open: openGuide },
  ];
}

async function openTasks(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(Tasks|任务)/ }).click();
  await isOpen(page);
}

async function openMenu(page: Page, name: string): Promise<void> {
  await button(page, name).first().click();
  await expect(page.getByRole('menu')).toBeVisible();
}

async function askToDelete(page: Page, texts: Texts): Promise<void> {
  await page.getByRole('checkbox', { name: texts.keys.selectAll }).click();
  await button(page, texts.keys.bulk.delete.action).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
}

/** With a name as long as it may be, and a list of it and others. */
async function saveView(page: Page, texts: Texts): Promise<void> {
  const { views } = texts;
  // Named after the view that an earlier language has saved, if there is one.
  await page.getByRole('button', { name: new RegExp(views.menu) }).click();
  await page.getByRole('menuitem', { name: views.save }).click();
  await page.getByLabel(views.name).fill(views.menu.padEnd(80, 'W'));
  await page.getByLabel(views.name).press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('button', { name: new RegExp(views.menu) }).click();
  await page.getByRole('menuitem', { name: views.list }).click();
  await isOpen(page);
}

async function openTagsOfMany(page: Page, texts: Texts): Promise<void> {
  await page.getByRole('checkbox', { name: texts.keys.selectAll }).click();
  await page.getByRole('toolbar').getByRole('button', { name: texts.keys.tags.action }).click();
  await isOpen(page);
}

const JUNK = [
  'https://api.example.com/v1/with/a/very/long/path/that/nobody/would/take/for/a/key/0123456789/0123456789',
  'Authorization-Of-The-Whole-Team-Of-Frankfurt:',
  'ключ-от-квартиры-где-деньги-лежат',
  LONG_MODEL,
  ...Array.from({ length: 30 }, (_, index) => `sk-pasted-${String(index).padStart(40, '0')}`),
].join('\n');

async function pasteKeys(page: Page, texts: Texts): Promise<void> {
  await button(page, texts.keys.add).first().click();
  await isOpen(page);
  await pasteInto(page);
}

/** And waits for what would become of it. */
async function pasteInto(page: Page): Promise<void> {
  await page.locator('textarea').first().fill(JUNK);
  await expect(page.locator('form dl').first()).toBeVisible();
}

async function openSelect(page: Page, index: number): Promise<void> {
  await page
    .locator('[role=dialog] [role=combobox], body:not(:has([role=dialog])) [role=combobox]')
    .nth(index)
    .click();
  await expect(page.getByRole('listbox')).toBeVisible();
}

/** With an answer of the provider that is as long as it may get; it stays while one points at it. */
async function raiseToast({ upstream }: CrowdedStage, page: Page, texts: Texts): Promise<void> {
  const before = upstream.fallbackReply;
  upstream.fallbackReply = reply.error(503, {
    message: 'upstream_connect_error/disconnect:'.padEnd(400, 'x0'),
  });
  await page.getByRole('button', { name: texts.providers.test, exact: true }).first().click();
  const toast = page.locator('[data-sonner-toast]');
  await expect(toast).toBeVisible();
  await toast.dispatchEvent('mouseover');
  upstream.fallbackReply = before;
}

async function openGuide(page: Page, texts: Texts): Promise<void> {
  await page.evaluate(() => localStorage.setItem('first-run', '{}'));
  await page.reload();
  await button(page, texts.overview.firstRun.addMore).click();
  await pasteInto(page);
}

/** Two answers side by side, with long names and words, and a story. */
async function chatOfTwo(page: Page, texts: Texts): Promise<void> {
  const { playground } = texts;
  await button(page, playground.makeToken).first().click();
  await page.getByRole('combobox', { name: playground.model }).fill(LONG_MODEL);
  await button(page, playground.two).click();
  await page.getByRole('combobox', { name: playground.modelOf.replace('{number}', '2') }).fill(LONG_MODEL);
  await page.keyboard.press('Escape');
  const box = page.getByRole('textbox', { name: playground.message });
  await box.fill(`${LONG_MODEL} ${'word-without-a-space-in-it'.repeat(12)}`);
  // The new token may still be on its way.
  await expect(button(page, playground.send)).toBeEnabled();
  await box.press('Enter');
  await expect(button(page, playground.again)).toBeVisible();
  await expect(page.getByRole('heading', { name: texts.logs.story.attempts })).toBeVisible();
}

async function openModels(page: Page, { playground }: Texts): Promise<void> {
  await page.getByRole('combobox', { name: playground.model }).click();
  await expect(page.getByRole('option').first()).toBeVisible();
}

/** The detector as a script for the page. */
async function detector(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('overflow.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    globalName: 'overflow',
    write: false,
  });
  return `${outputFiles[0]?.text ?? ''}; overflow.findFaults()`;
}

async function settle(page: Page): Promise<void> {
  await expect(page.locator('.animate-sheen')).toHaveCount(0);
}

/** Adds what is wrong in any of the sizes, each fault once, with the first place and size that has it. */
async function faultsInAllSizes(
  page: Page,
  script: string,
  where: string,
  faults: Map<string, string>,
): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await still(page);
    for (const fault of await page.evaluate<string[]>(script)) {
      if (!faults.has(fault)) faults.set(fault, `${where} at ${size.width} px: ${fault}`);
    }
  }
}

async function speak(page: Page, language: string): Promise<void> {
  const { origin } = new URL(page.url());
  await page.context().addCookies([{ name: 'locale', value: language, url: origin }]);
}

for (const language of LANGUAGES) {
  const texts = textsOf(language);

  test(`nothing bursts on any page, in any size, in ${language}`, async ({ page, crowded }) => {
    test.setTimeout(300_000);
    const script = await detector();
    const problems = watch(page);
    await signIn(page);
    await speak(page, language);
    const faults = new Map<string, string>();
    for (const path of PATHS) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(path);
      await settle(page);
      await faultsInAllSizes(page, script, `${language} ${path}`, faults);
    }
    expect([...faults.values()]).toEqual([]);
    expect(problems).toEqual([]);
    void crowded;
  });

  test(`nothing bursts on the page to sign in, in any size, in ${language}`, async ({ page, crowded }) => {
    const script = await detector();
    const faults = new Map<string, string>();
    await page.goto('/login?reason=expired');
    await speak(page, language);
    await page.reload();
    await faultsInAllSizes(page, script, `${language} /login`, faults);
    await page.locator('input').first().fill('wrong');
    await page.locator('form button[type=submit]').click();
    await expect(page.locator('form [role=alert]')).toBeVisible();
    await faultsInAllSizes(page, script, `${language} /login, refused`, faults);
    expect([...faults.values()]).toEqual([]);
    void crowded;
  });

  test(`nothing that opens bursts, in any size, in ${language}`, async ({ page, crowded }) => {
    test.setTimeout(600_000);
    const script = await detector();
    const log = await crowded.admin<{ items: { id: string }[] }>('GET', '/logs/requests?status=5xx');
    await signIn(page);
    await speak(page, language);
    const faults = new Map<string, string>();
    for (const { path, open } of openedOf(crowded, log.items[0]?.id ?? '')) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(path);
      await settle(page);
      await open(page, texts);
      await settle(page);
      await faultsInAllSizes(page, script, `${language} ${path}`, faults);
    }
    expect([...faults.values()]).toEqual([]);
  });
}

/** Each with what the walk has to say about it. */
const BROKEN = [
  ['<p style="width:40px;white-space:nowrap">sticking-out</p>', /sticks out sideways/],
  ['<p style="width:40px;overflow:hidden;white-space:nowrap">cut-without-a-word</p>', /cut off sideways/],
  ['<p class="truncate" style="width:60px">shortened-and-never-whole</p>', /shortened, and nowhere whole/],
  ['<p class="truncate" style="width:5px" title="squeezed">squeezed</p>', /squeezed to nothing/],
  ['<p style="height:6px;overflow:hidden">cut below</p>', /cut off above or below/],
  [
    '<div style="width:80px;overflow:auto"><p style="width:300px">far-to-the-right-of-it-all-of-it</p></div>',
    /scrolling/,
  ],
  [
    '<div style="position:relative;height:20px"><p style="position:absolute">one</p><p style="position:absolute">two</p></div>',
    /on each other/,
  ],
  ['<button style="width:12px;height:12px;padding:0"></button>', /12 x 12 px/],
  [
    '<div style="position:fixed;top:0;left:0"><button style="position:absolute;left:5000px">far</button></div>',
    /out of reach/,
  ],
  ['<input placeholder="a hint that is longer than its field" style="width:60px">', /hint of a field/],
  ['<p style="width:5000px">wide</p>', /the page scrolls sideways/],
] as const;

test('the walk finds every kind of fault, and none where all is well', async ({ page }) => {
  const script = await detector();
  await page.goto('/login');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  const put = (html: string) => page.evaluate((text) => (document.body.innerHTML = text), html);
  await put(
    '<p>Well</p><p class="truncate" style="width:60px" title="shortened, but whole">shortened, but whole</p>',
  );
  expect(await page.evaluate<string[]>(script)).toEqual([]);
  for (const [html, fault] of BROKEN) {
    await put(html);
    expect((await page.evaluate<string[]>(script)).join('; '), html).toMatch(fault);
  }
});
