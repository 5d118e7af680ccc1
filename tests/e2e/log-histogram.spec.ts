import type { Page } from '@playwright/test';
import { reply } from '../support/scripted-upstream';
import { expect, test as base } from './fixtures';
import { startLoggedStage, tenOClock } from './logged-day';
import type { Stage } from './stage';

const test = base.extend<object, { readonly stage: Stage }>({
  stage: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads what is asked for from here
    async ({}, use) => {
      const stage = await startLoggedStage();
      await use(stage);
      await stage.stop();
    },
    { scope: 'worker' },
  ],
});

test.use({ stageName: 'log-histogram' });

const minuteText = (minute: number) =>
  `${new Date(tenOClock() + minute * 60_000).toISOString().slice(0, 16)}Z`;
/** The hour from ten to eleven, a bar a minute. */
const hour = () => `/logs?from=${minuteText(0)}&to=${minuteText(59)}`;

const section = (page: Page) => page.getByRole('region', { name: 'Requests over time' });
const bars = (page: Page) => page.getByRole('slider', { name: 'Requests over time' });
const rows = (page: Page) => page.getByRole('grid', { name: 'Requests' });
const expectAddress = (page: Page, from: number, to: number) =>
  expect(page).toHaveURL(
    (url) =>
      url.searchParams.get('from') === minuteText(from) && url.searchParams.get('to') === minuteText(to),
  );
/** The header is a row too. */
const expectRows = (page: Page, count: number) =>
  expect(rows(page)).toHaveAttribute('aria-rowcount', String(count + 1));

async function expectCounts(page: Page, succeeded: number, failed: number): Promise<void> {
  await expect(section(page).getByText(`${succeeded} succeeded`, { exact: true })).toBeVisible();
  await expect(section(page).getByText(`${failed} failed`, { exact: true })).toBeVisible();
}

/** The middle of a bar of the hour. */
async function placeOf(page: Page, minute: number): Promise<{ x: number; y: number }> {
  const box = await bars(page).boundingBox();
  if (box === null) throw new Error('There are no bars');
  return { x: box.x + (box.width * (minute + 0.5)) / 60, y: box.y + box.height / 2 };
}

test('bars and rows are counted by the same filters', async ({ dashboard: page }) => {
  await page.goto(hour());
  await expectCounts(page, 5, 2);
  await expectRows(page, 7);
  await page.goto(`${hour()}&result=failed`);
  await expectCounts(page, 0, 2);
  await expectRows(page, 2);
  await page.goto(`${hour()}&model=model-good`);
  await expectCounts(page, 5, 0);
  await expectRows(page, 5);
  await page.goto('/logs?since=7d');
  await expectCounts(page, 45, 6);
  await expectRows(page, 51);
  await page.goto('/logs?since=7d&text=nothing-like-it');
  await expectCounts(page, 0, 0);
  await expect(page.getByText('Nothing passes this filter')).toBeVisible();
});

test('a bar that is pressed shows its rows, and there is a way back', async ({ dashboard: page }) => {
  await page.goto(hour());
  await expectCounts(page, 5, 2);
  const five = await placeOf(page, 5);
  await page.mouse.move(five.x, five.y);
  await expectCounts(page, 3, 0);
  await page.mouse.down();
  await page.mouse.up();
  await expectAddress(page, 5, 5);
  await expectCounts(page, 3, 0);
  await expectRows(page, 3);
  await page.getByRole('button', { name: 'Zoom out' }).click();
  await expectAddress(page, 0, 59);
  await expectRows(page, 7);
  await expect(page.getByRole('button', { name: 'Zoom out' })).toHaveCount(0);
});

test('going over several bars shows the rows of all of them', async ({ dashboard: page }) => {
  await page.goto(hour());
  await expectCounts(page, 5, 2);
  const [five, six] = [await placeOf(page, 5), await placeOf(page, 6)];
  // Against the time, as well as with it.
  await page.mouse.move(six.x, six.y);
  await page.mouse.down();
  await page.mouse.move(five.x, five.y, { steps: 4 });
  await expectCounts(page, 3, 2);
  await page.mouse.up();
  await expectAddress(page, 5, 6);
  await expectRows(page, 5);
});

test('the keys do all of it, and say what each bar has', async ({ dashboard: page }) => {
  await page.goto(hour());
  await expectCounts(page, 5, 2);
  await bars(page).focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowRight');
  await expect(bars(page)).toHaveAttribute('aria-valuetext', /10:05 – 10:06 UTC: 3 succeeded, 0 failed$/);
  await page.keyboard.press('Shift+ArrowRight');
  await expect(bars(page)).toHaveAttribute('aria-valuetext', /10:05 – 10:07 UTC: 3 succeeded, 2 failed$/);
  await page.keyboard.press('Enter');
  await expectAddress(page, 5, 6);
  await expectRows(page, 5);
  await expect(bars(page)).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Escape');
  await expectAddress(page, 5, 6);
  await expect(section(page).getByRole('table')).toContainText('10:05 – 10:06 UTC');
});

test('a new request makes the newest bar grow by itself', async ({ dashboard: page, stage }) => {
  await page.goto('/logs?model=model-new');
  await expectCounts(page, 0, 0);
  await stage.chat('model-new');
  await expectCounts(page, 1, 0);
  await stage.chat('model-new');
  await stage.chat('model-new');
  await expectCounts(page, 3, 0);
});

test('the bars have their room before they come, and their own error', async ({ dashboard: page }) => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let answers = 0;
  await page.route('**/api/admin/logs/requests/histogram*', async (route) => {
    await released;
    answers += 1;
    // The page asks again by itself too: it fails until it is told to.
    const isAskedFor = await page.evaluate(() => document.body.dataset.clicked === 'yes');
    if (answers === 1 || isAskedFor) return route.continue();
    return route.fulfill({ status: 500, body: '{"error":{"code":"x","message":"Broken"}}' });
  });
  await page.goto(hour());
  await expectRows(page, 7);
  const before = await rows(page).boundingBox();
  release();
  await expectCounts(page, 5, 2);
  expect(await rows(page).boundingBox()).toEqual(before);
  await page.goto(`${hour()}&model=model-good`);
  await expect(page.getByText('The bars could not be counted.', { exact: false })).toBeVisible();
  await page.evaluate(() => {
    document.addEventListener('click', () => (document.body.dataset.clicked = 'yes'), { capture: true });
  });
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
  await expectCounts(page, 5, 0);
});

test('a count that was cut short says so, and can be made longer', async ({ dashboard: page }) => {
  let isLonger = false;
  await page.route('**/api/admin/logs/requests/histogram*', async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as object;
    const cut = { ...answer, isComplete: false, countedTo: tenOClock() + 20 * 60_000 };
    return route.fulfill({ response, json: isLonger ? answer : cut });
  });
  await page.goto(hour());
  await expect(section(page).getByText('Counted back to', { exact: false })).toBeVisible();
  await expect(section(page).getByRole('cell', { name: '3 or more' })).toBeAttached();
  isLonger = true;
  await section(page).getByRole('button', { name: 'Count on' }).click();
  await expect(section(page).getByText('Counted at', { exact: false })).toBeVisible();
  await expect(section(page).getByText('Counted back to', { exact: false })).toHaveCount(0);
  await expect(section(page).getByRole('button', { name: 'Count on' })).toHaveCount(0);
});

test('the log of errors has bars as well', async ({ dashboard: page, stage }) => {
  stage.upstream.fallbackReply = reply.error(400, { message: 'No' });
  await stage.chat('model-refused');
  stage.upstream.reset();
  await page.goto('/logs?tab=errors');
  const errors = page.getByRole('region', { name: 'Errors over time' });
  await expect(errors.getByText('0 failed', { exact: true })).toBeVisible();
  await expect(errors.getByText('1 client error or cancelled', { exact: true })).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Errors' })).toHaveAttribute('aria-rowcount', '2');
});
