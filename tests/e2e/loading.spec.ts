import type { Page } from '@playwright/test';
import { expect, test, waitUntilLive } from './fixtures';

test.use({ stageName: 'loading' });

declare global {
  interface Window {
    /** The router of the pages. */
    readonly next: { readonly router: { push(path: string): void } };
  }
}

const paths = [
  '/',
  '/explore',
  '/keys',
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
    // A document has its figures in it; from page to page they have to be waited for.
    await dashboard.goto(path.startsWith('/settings') ? '/proxies' : '/settings?tab=jobs');
    await waitUntilLive(dashboard);
    const release = await holdBack(dashboard);
    await dashboard.evaluate((to) => window.next.router.push(to), path);
    await dashboard.waitForURL((url) => url.pathname + url.search === path);
    // The page has been drawn once it shows that it waits.
    await expect(
      dashboard.locator('main .animate-sheen, [role="dialog"] .animate-sheen').first(),
    ).toBeAttached();
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
