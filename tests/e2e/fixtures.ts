import { test as base, expect, type Page } from '@playwright/test';
import { ADMIN_TOKEN, startStage, type Stage } from './stage';

interface TestFixtures {
  /** A page of a browser in which the admin has signed in. Fails the test when the page itself breaks. */
  readonly dashboard: Page;
}

interface WorkerFixtures {
  /** Tests of one name share a server; each file takes its own, so that files can run in any order. */
  readonly stageName: string;
  readonly stage: Stage;
  readonly sessionCookies: Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  stageName: ['', { option: true, scope: 'worker' }],

  stage: [
    async ({ stageName: _ }, use) => {
      const stage = await startStage();
      await use(stage);
      await stage.stop();
    },
    { scope: 'worker' },
  ],

  sessionCookies: [
    async ({ browser, stage }, use) => {
      const context = await browser.newContext({ baseURL: stage.server.url, locale: 'en-US' });
      await signIn(await context.newPage());
      await use(await context.cookies());
      await context.close();
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ stage }, use) => use(stage.server.url),

  page: async ({ page }, use) => {
    const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
    page.goto = async (url, options) => {
      const answer = await goto(url, options);
      if (options?.waitUntil === undefined) await listening(page);
      return answer;
    };
    page.reload = async (options) => {
      const answer = await reload(options);
      await listening(page);
      return answer;
    };
    await use(page);
  },

  dashboard: async ({ page, context, sessionCookies }, use) => {
    await context.addCookies(sessionCookies);
    const problems = watch(page);
    await use(page);
    expect(problems).toEqual([]);
  },
});

export { expect };

/** What a page must never do: throw, break its own security policy, or log an error. */
export function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    // The browser itself logs every answer of 400 or more; tests ask for some.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) problems.push(`logged: ${message.text()}`);
  });
  return problems;
}

/** Signs in as people do. */
export async function signIn(page: Page, token = ADMIN_TOKEN): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Admin token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname !== '/login');
}

/** A document is loaded before its scripts listen: what is typed or clicked in between would be lost. */
async function listening(page: Page): Promise<void> {
  const isAlive = () => {
    const inside = document.querySelector('main, form') ?? document.body;
    const isOurs = document.querySelector('script[src^="/_next/"]') !== null;
    return !isOurs || Object.keys(inside).some((name) => name.startsWith('__react'));
  };
  await page.waitForFunction(isAlive);
}

/** Waits until the page shows what is: the live stream is up. */
export async function waitUntilLive(page: Page): Promise<void> {
  await expect(page.locator('[data-live="live"]')).toBeVisible();
}

/** Whatever fades or slides in has done so: before that it has neither its place nor its contrast. */
export async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // What was put there a moment ago begins with the next frame, and what observers of sizes change is drawn then.
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    const running = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
    await Promise.all(running.map(({ finished }) => finished.catch(() => undefined)));
  });
}
