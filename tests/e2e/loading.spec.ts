import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

test.use({ stageName: 'loading' });

const paths = [
  '/',
  '/keys',
  '/providers',
  '/proxies',
  '/logs',
  '/logs?tab=errors',
  '/settings',
  '/settings?tab=tokens',
  '/settings?tab=jobs',
  '/settings?tab=audit',
  '/keys?key=held-back',
  '/logs?log=held-back',
  '/proxies?proxy=held-back',
];
/** What says that something is not there, in the words of the pages. */
const NOTHING = /\b(no|none|nothing|empty|yet)\b/i;

/** Answers of the admin API do not come until the page is closed. */
async function holdBack(page: Page): Promise<() => Promise<void>> {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/admin/**', async (route) => {
    await released;
    await route.abort().catch(() => undefined);
  });
  return async () => {
    release();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  };
}

for (const path of paths) {
  test(`${path} says neither 0 nor "none" before it knows`, async ({ dashboard }) => {
    const release = await holdBack(dashboard);
    await dashboard.goto(path);
    // The page has been drawn once it shows that it waits.
    await expect(dashboard.locator('.animate-sheen').first()).toBeAttached();
    await expect(dashboard.locator('[data-live="connecting"]')).toBeAttached();
    const texts = await dashboard
      .locator('main, [role="dialog"]')
      .evaluateAll((parts) => parts.map((part) => (part as HTMLElement).innerText));
    for (const text of texts) {
      expect(text).not.toMatch(/(^|[^\d.])0([^\d.]|$)/);
      expect(text).not.toMatch(NOTHING);
    }
    await release();
  });
}
