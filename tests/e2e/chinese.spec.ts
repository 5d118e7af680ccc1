import type { Page } from '@playwright/test';
import { freePort } from '../support/free-port';
import { expect, test, watch } from './fixtures';

test.use({ stageName: 'chinese' });

/** Names, units and terms that stay as they are in a good Chinese interface. */
const NAMES = new Set(
  (
    'OpenAI Balance OpenRouter Anthropic Default default API APIs URL URLs SDK ID IDs IP JSON CSV TXT HTML HTTP HTTPS TLS TTL ' +
    'Token tokens SOCKS RFC IANA IPv UTF ASCII GMT UTC Ctrl K Esc Enter Shift alt T EN English ms min MB KB GB TB GiB p x v ' +
    'curl Python JavaScript Node JS Bearer Prometheus SQLite MySQL MariaDB Redis Valkey SIGTERM IPv sk chinese upstream direct ' +
    'PostgreSQL postgres postgresql disable require verify-ca verify-full sslmode balance ' +
    'round robin least in flight weighted sticky headroom true false DEBUG INFO WARNING ERROR sqlite mysql user password ' +
    'http https socks h base path name api keys enabled model request key custom headers timeout first token max failures ' +
    'retries test selection policy fallbacks proxies limits ready v1 off s localhost defaultdb ' +
    'OpenTelemetry traceidratio otlp none openai-balance production auto auth query preset provider input output reasoning ' +
    'targets weight tier on unavailable batch flex priority genai-prices ' +
    'gpt-load new-api one-api LiteLLM gemini-balance import-from Slack Discord Telegram ntfy ' +
    'kind json slack discord telegram url secret rules from to zone language ' +
    'OpenID Single sign-on scope openid email profile groups'
  ).split(' '),
);

/**
 * Words in Latin letters that a reader of Chinese sees, but for names: what stands in a fixed-width face is a name or
 * is quoted, and so is what looks like an address, a setting, a file or an identifier.
 */
async function latinWords(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || element.closest('script, style, pre, code, textarea, option, .font-mono'))
        continue;
      if (element.checkVisibility()) found.push(node.textContent ?? '');
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      if (element.closest('.font-mono') !== null) continue;
      for (const name of ['aria-label', 'title', 'placeholder']) found.push(element.getAttribute(name) ?? '');
    }
    return found;
  });
  const isName = (word: string): boolean => NAMES.has(word) || /[\d_./:@*]|^[A-Z]{2,}$/.test(word);
  const words = texts.flatMap((text) =>
    text
      .split(/[\s，。：；（）“”、？！·,;()'"{}[\]<>=|–…+≥≤]+/)
      .map((word) => word.replace(/[\p{Script=Han}]+/gu, ' ').trim())
      .flatMap((word) => word.split(' '))
      .map((word) => word.replace(/[.:!?-]+$/, ''))
      .filter((word) => /^[A-Za-z][A-Za-z'’-]*$/.test(word) && !isName(word))
      .map((word) => `${word}  in  ${text.trim().slice(0, 120)}`),
  );
  return [...new Set(words)];
}

test.beforeEach(async ({ context, stage }) => {
  await context.addCookies([{ name: 'locale', value: 'zh', url: stage.server.url }]);
});

test('no page says in English what the program has to say', async ({ dashboard: page, stage }) => {
  // A page after the other.
  test.setTimeout(180_000);
  const text = ['sk-of-chinese-0001', 'sk-of-chinese-0002', 'sk-of-chinese-0003'].join('\n');
  await stage.admin('POST', '/keys/import', { provider: 'default', text });
  await stage.chat();
  const { items: keys } = await stage.admin<{ items: { id: string }[] }>('GET', '/keys');
  const ids = keys.slice(0, 1).map(({ id }) => id);
  await stage.admin('POST', '/keys/bulk', { action: 'disable', ids });
  await stage.admin('POST', '/proxies', { text: `http://127.0.0.1:${await freePort()}`, isShared: false });
  const { items: proxies } = await stage.admin<{ items: { id: string }[] }>('GET', '/proxies');
  for (const { id } of proxies) await stage.admin('POST', `/proxies/${id}/test`);
  const { items: jobs } = await stage.admin<{ items: { name: string }[] }>('GET', '/jobs');
  for (const { name } of jobs) await stage.admin('POST', `/jobs/${name}/run`);

  const places = [
    ...['/', '/explore', '/explore?group=token&metric=costUsd', '/keys', '/providers', '/models', '/proxies'],
    ...['/explore?group=verdict', '/explore?group=proxy'],
    ...[
      '/playground',
      '/logs',
      '/logs?tab=errors',
      '/logs?tab=incidents',
      '/settings',
      '/settings?tab=tokens',
      '/settings?tab=jobs',
    ],
    ...['/settings?tab=moving-in', '/settings?tab=audit'],
    ...[...ids.map((id) => `/keys?key=${id}`), ...proxies.map(({ id }) => `/proxies?proxy=${id}`)],
  ];
  const words: string[] = [];
  for (const place of places) {
    await page.goto(place);
    await expect(page.locator('[data-live="live"]')).toBeVisible();
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    for (const word of await latinWords(page)) words.push(`${place}: ${word}`);
  }
  expect(words).toEqual([]);
});

test('wrong entries are refused in Chinese', async ({ dashboard: page }) => {
  await page.goto('/settings?find=TIMEZONE');
  await page.getByLabel('TIMEZONE', { exact: true }).fill('Nowhere/Land');
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await expect(page.getByText('必须是 IANA 时区', { exact: false })).toBeVisible();
  expect(await latinWords(page)).toEqual([]);
});

test('a wrong admin token is refused in Chinese', async ({ page }) => {
  const problems = watch(page);
  await page.goto('/login');
  await page.getByLabel('管理令牌').fill('not-the-token');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByText('管理令牌不正确。')).toBeVisible();
  expect(await latinWords(page)).toEqual([]);
  expect(problems).toEqual([]);
});
