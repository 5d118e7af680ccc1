import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import en from '../../messages/en.json' with { type: 'json' };
import zh from '../../messages/zh.json' with { type: 'json' };
import { fixturePath, makeSource } from '../support/moving-in';
import { expect, still, test } from './fixtures';

test.use({ stageName: 'moving-in' });

/** Each language with a theme, a width and a program of its own. */
const WALKS = [
  {
    locale: 'en',
    texts: en,
    colorScheme: 'light',
    width: 1360,
    program: 'gpt-load',
    files: (folder: string) => [makeSource('gpt-load-1.sql', join(folder, 'gpt-load.db'))],
    remark: 'parameters that are set in each body do not come over',
    slug: 'openai-b',
  },
  {
    locale: 'zh',
    texts: zh,
    colorScheme: 'dark',
    width: 390,
    program: 'LiteLLM',
    files: () => [fixturePath('litellm.yaml')],
    remark: '主密钥成为客户端令牌',
    slug: 'ollama',
  },
] as const;

async function expectGood(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
  await still(page);
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual(
    [],
  );
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}

/** As the system's dialog does it, opened with the keyboard. */
async function choose(page: Page, button: Locator, file: string): Promise<void> {
  const asked = page.waitForEvent('filechooser');
  await button.press('Enter');
  await (await asked).setFiles(file);
}

for (const { locale, texts, colorScheme, width, program, files, remark, slug } of WALKS) {
  test.describe(locale, () => {
    test.use({ viewport: { width, height: 844 }, colorScheme });
    test.beforeEach(({ context, stage }) =>
      context.addCookies([{ name: 'locale', value: locale, url: stage.server.url }]),
    );

    test('tokens go to a file and come from one by keyboard, looked at before they are written', async ({
      dashboard: page,
      stage,
    }, info) => {
      const t = texts.tokens.files;
      const value = `sk-of-the-walk-${locale}-000001`;
      await stage.admin('POST', '/tokens', { name: `Walker ${locale}`, value, models: ['gpt-*'] });
      await page.goto('/settings?tab=tokens');
      const open = async (item: string) => {
        await page.getByRole('button', { name: t.menu }).press('Enter');
        await page.getByRole('menuitem', { name: item }).press('Enter');
      };
      const dialog = page.getByRole('dialog');

      await open(t.export);
      await expect(dialog.getByText(t.secretsOut)).toBeVisible();
      await dialog.getByRole('switch').press('Space');
      await expect(dialog.getByText(t.secretsIn)).toBeVisible();
      await expectGood(page);
      const saving = page.waitForEvent('download');
      await dialog.getByRole('button', { name: t.save }).press('Enter');
      const exported = await readFile(await (await saving).path(), 'utf8');
      const { tokens } = JSON.parse(exported) as { tokens: { name: string; value: string }[] };
      const own = tokens.find(({ name }) => name === `Walker ${locale}`);
      expect(own?.value).toBe(value);

      const file = info.outputPath('tokens.json');
      const incoming = [
        { ...own, models: ['gpt-4o'] },
        { name: `Newcomer ${locale}` },
        { name: `Stray ${locale}`, providers: ['nobody'] },
      ];
      await writeFile(file, JSON.stringify({ tokens: incoming }));
      await expect(dialog).toBeHidden();
      await open(t.import);
      await choose(page, dialog.getByRole('button', { name: t.choose }), file);
      await expect(dialog.getByText(t.outcomes.refused, { exact: true }).last()).toBeVisible();
      await dialog.getByRole('combobox').press('Enter');
      await page.getByRole('option', { name: t.existings.update }).press('Enter');
      const entryOf = (name: string) => dialog.getByRole('listitem').filter({ hasText: name });
      await expect(entryOf('Walker')).toContainText(t.outcomes.changed);
      await expect(entryOf('Newcomer')).toContainText(t.outcomes.new);
      await expect(entryOf('Stray')).toContainText('nobody');
      await expectGood(page);
      const names = async () =>
        (await stage.admin<{ items: { name: string }[] }>('GET', '/tokens')).items.map(({ name }) => name);
      expect(await names()).not.toContain(`Newcomer ${locale}`);

      await dialog.getByRole('button', { name: /2/ }).press('Enter');
      await expect(dialog.locator('pre')).toContainText(`Newcomer ${locale}`);
      await expectGood(page);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('row').filter({ hasText: `Newcomer ${locale}` })).toBeVisible();
      expect(await names()).not.toContain(`Stray ${locale}`);
    });

    test('another gateway moves in by keyboard, from the choice to the report', async ({
      dashboard: page,
      stage,
    }, info) => {
      const t = texts.moveIn;
      await page.goto('/settings?tab=moving-in');
      await page.getByRole('combobox', { name: t.program }).press('Enter');
      await page.getByRole('option', { name: program }).press('Enter');
      const preview = page.getByRole('button', { name: t.preview, exact: true });
      await expect(preview).toBeDisabled();
      await expectGood(page);
      const [file = ''] = files(info.outputPath(''));
      await choose(page, page.getByRole('button', { name: t.choose }).first(), file);
      await preview.press('Enter');
      await expect(page.getByRole('heading', { name: t.previewTitle })).toBeVisible();
      await expect(page.getByRole('cell', { name: slug, exact: false }).first()).toBeVisible();
      await expect(page.getByText(remark).first()).toBeVisible();
      await expectGood(page);
      const slugs = async () =>
        (await stage.admin<{ items: { slug: string }[] }>('GET', '/providers')).items.map((one) => one.slug);
      expect(await slugs()).not.toContain(slug);

      await page.getByRole('button', { name: t.move, exact: true }).press('Enter');
      await page.getByRole('alertdialog').getByRole('button', { name: t.move, exact: true }).press('Enter');
      await expect(page.getByRole('status').filter({ hasText: program })).toBeVisible();
      expect(await slugs()).toContain(slug);
      await expectGood(page);
      await page.getByRole('link', { name: t.providers }).press('Enter');
      await expect(page).toHaveURL(/\/providers$/);
      await expect(page.getByText(slug).first()).toBeVisible();
    });
  });
}

test('a file that is no database is refused at its field, and what is chosen is not lost without a question', async ({
  dashboard: page,
}) => {
  const t = en.moveIn;
  await page.goto('/settings?tab=moving-in');
  await choose(
    page,
    page.getByRole('button', { name: `${t.files.database}: ${t.choose}` }),
    fixturePath('litellm.yaml'),
  );
  await page.getByRole('button', { name: t.preview, exact: true }).press('Enter');
  await expect(page.getByText('is no SQLite database')).toBeVisible();
  await page.getByRole('tab', { name: en.settings.tabs.tokens }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('litellm.yaml')).toBeVisible();
});

test('the guide for the first start leads to it', async ({ dashboard: page }) => {
  await page.addInitScript(() => localStorage.setItem('first-run', '{}'));
  await page.goto('/');
  await page.getByRole('link', { name: en.overview.firstRun.moveIn }).press('Enter');
  await expect(page.getByRole('heading', { name: en.moveIn.title })).toBeVisible();
});
