import type { Locator } from '@playwright/test';
import { reply } from '../support/scripted-upstream';
import { expect, test, waitUntilLive } from './fixtures';

test.use({ stageName: 'outside-names' });

const OVERRIDE = '\u202e';
const MODEL = `gpt${OVERRIDE}abc`;
const KEY = 'sk-outside-names-000001';

/** Where the words begin on the screen, from the left. */
const leftOf = (element: Locator, words: string) =>
  element.evaluate((root, text) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = (node.textContent ?? '').indexOf(text);
      if (at === -1) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + text.length);
      return range.getBoundingClientRect().left;
    }
    return undefined;
  }, words);

for (const { locale, before, after } of [
  { locale: 'en', before: 'rests for', after: 'is back in' },
  { locale: 'zh', before: '密钥', after: '恢复' },
]) {
  test(`a model's name that wants another order does not turn the sentence about it around, in ${locale}`, async ({
    dashboard: page,
    stage,
    context,
  }) => {
    await context.addCookies([{ name: 'locale', value: locale, url: stage.server.url }]);
    await stage.admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
    stage.upstream.forKey(KEY, reply.rateLimited({ retryAfter: '600' }));
    await stage.admin('POST', '/keys/import', { provider: 'default', text: KEY });
    expect(await stage.chat(MODEL)).toBe(429);
    await page.setViewportSize({ width: 1900, height: 900 });
    await page.goto('/');
    await waitUntilLive(page);
    const sentence = page.locator('li[data-kind="keys"] a').filter({ hasText: 'gpt' });
    await expect(sentence).toContainText(`\u2068${MODEL}\u2069`);
    const [start, name, end] = [
      await leftOf(sentence, before),
      await leftOf(sentence, 'gpt'),
      await leftOf(sentence, after),
    ];
    expect(start).toBeLessThan(name ?? 0);
    expect(name).toBeLessThan(end ?? 0);
  });
}

test('a provider whose name wants another order keeps it to itself in labels and titles', async ({
  dashboard: page,
  stage,
}) => {
  const name = `Tri${OVERRIDE}xyz`;
  await stage.admin('POST', '/providers', { name, slug: 'tri', baseUrl: stage.upstream.baseUrl });
  await page.goto('/providers');
  const labels = await page
    .locator('[aria-label*="Tri"], [title*="Tri"]')
    .evaluateAll((all) =>
      all.map((one) => one.getAttribute('aria-label') ?? one.getAttribute('title') ?? ''),
    );
  const within = labels.filter((label) => label !== name);
  expect(within.length).toBeGreaterThan(0);
  for (const label of within) expect(label).toContain(`\u2068${name}\u2069`);
});
