import type { Page } from '@playwright/test';
import { reply } from '../support/scripted-upstream';
import { expect, test } from './fixtures';

test.use({ stageName: 'logs' });

const requests = (page: Page) => page.getByRole('grid', { name: 'Requests' });

test.beforeAll(async ({ stage }) => {
  const text = Array.from({ length: 5 }, (_, index) => `sk-logged-000000000${index}`).join('\n');
  await stage.admin('POST', '/keys/import', { provider: 'default', text });
});

test.beforeEach(({ stage }) => stage.upstream.reset());

test('a request appears by itself, newest first', async ({ dashboard: page, stage }) => {
  await stage.chat('model-before');
  await page.goto('/logs');
  await expect(requests(page).getByText('model-before')).toBeVisible();
  await stage.chat('model-after');
  await expect(requests(page).getByRole('row').nth(1)).toContainText('model-after');
});

test('the story of a request names every attempt, and what came back', async ({ dashboard: page, stage }) => {
  stage.upstream.fallbackReply = reply.error(500, { message: 'It <b>broke</b>' });
  expect(await stage.chat('model-broken')).toBe(500);
  await page.goto('/logs?status=5xx&model=model-broken');
  await requests(page).getByRole('row').nth(1).press('Enter');
  const story = page.getByRole('dialog');
  await expect(story.getByText('Attempt 4')).toBeVisible();
  await expect(story.getByText('Attempt 5')).toHaveCount(0);
  await expect(story.getByText('Chosen by headroom; 5 of 5 keys were in rotation')).toHaveCount(4);
  await expect(story.getByText('It <b>broke</b>', { exact: false }).first()).toBeVisible();
  await page.reload();
  await expect(story.getByText('Attempt 4')).toBeVisible();
});

test('a key that was deleted since is marked in its rows and in the story, and leads nowhere', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('POST', '/providers', { name: 'Short', slug: 'short', baseUrl: stage.upstream.baseUrl });
  await stage.admin('POST', '/keys/import', { provider: 'short', text: 'sk-for-a-short-while-0001' });
  expect(await stage.chat('model-short', '/short/v1')).toBe(200);
  await page.goto('/logs?model=model-short');
  const row = requests(page).getByRole('row').nth(1);
  await expect(row).toContainText('model-short');
  await expect(row.getByText('deleted', { exact: true })).toHaveCount(0);
  const { items } = await stage.admin<{ items: { id: string; slug: string }[] }>('GET', '/providers');
  await stage.admin('POST', '/keys/bulk', { action: 'delete', filter: { provider: 'short' } });
  await stage.admin('DELETE', `/providers/${items.find(({ slug }) => slug === 'short')?.id}`);
  await page.reload();
  await expect(row.getByText('deleted', { exact: true })).toHaveCount(2);
  await row.press('Enter');
  const story = page.getByRole('dialog');
  await expect(story.getByText('Attempt 1')).toBeVisible();
  await expect(story.getByText('deleted', { exact: true })).toHaveCount(3);
  await expect(story.locator('a[href*="key="]')).toHaveCount(0);
});

test('Back closes a story, and closing it leaves Back to the page before', async ({
  dashboard: page,
  stage,
}) => {
  await stage.chat('model-told');
  await page.goto('/');
  await page.getByRole('link', { name: 'Logs', exact: true }).click();
  const row = requests(page).getByRole('row').nth(1);
  const story = page.getByRole('dialog');
  await row.press('Enter');
  await expect(story).toBeVisible();
  await page.goBack();
  await expect(story).toHaveCount(0);
  await expect(page).toHaveURL(/\/logs$/);
  await row.press('Enter');
  await story.getByRole('button', { name: 'Close' }).click();
  await expect(story).toHaveCount(0);
  await expect(page).toHaveURL(/\/logs$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
});

test('filters stand in the address and come back with it', async ({ dashboard: page, stage }) => {
  await stage.chat('model-one');
  await stage.chat('model-two');
  await page.goto('/logs');
  await page.getByLabel('Search id, model or text').fill('model-two');
  await expect(page).toHaveURL(/text=model-two/);
  await page.reload();
  await expect(requests(page).getByText('model-two').first()).toBeVisible();
  await expect(requests(page).getByText('model-one')).toHaveCount(0);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL(/\/logs$/);
  await expect(requests(page).getByText('model-one').first()).toBeVisible();
});

test('a model name with markup stays text', async ({ dashboard: page, stage }) => {
  const model = '<img src=x onerror="document.title=1">';
  await stage.chat(model);
  await page.goto('/logs');
  await expect(requests(page).getByText(model).first()).toBeVisible();
  await expect(page).toHaveTitle(/^Logs/);
});

test('markup in a name, a note or an answer stays text on every page', async ({ dashboard: page, stage }) => {
  const markup = '<img src=x onerror="document.title=1">';
  const provider = { name: markup, slug: 'markup', baseUrl: stage.upstream.baseUrl, maxFailures: 1 };
  await stage.admin('POST', '/providers', provider);
  await stage.admin('POST', '/keys/import', { provider: 'markup', text: 'sk-marked-00000001', note: markup });
  stage.upstream.forKey('sk-marked-00000001', reply.error(401, { message: markup }));
  expect(await stage.chat(markup, '/markup/v1')).toBe(401);

  for (const path of ['/', '/keys?provider=markup', '/providers', '/logs', '/logs?tab=errors']) {
    await page.goto(path);
    await expect(page.getByText(markup, { exact: false }).first()).toBeVisible();
    await expect(page.locator('img[src="x"]')).toHaveCount(0);
    await expect(page).not.toHaveTitle('1');
  }
});

test('what a filter shows can be exported, and deleted after a question', async ({
  dashboard: page,
  stage,
}) => {
  await stage.chat('model-doomed');
  await page.goto('/logs?model=model-doomed');
  await expect(requests(page).getByText('model-doomed')).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export as CSV' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete what the filter shows' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('Nothing passes this filter')).toBeVisible();
});

test('bodies stand under their own headings, JSON as a tree with its numbers as written, and nothing bursts', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('PATCH', '/settings', { values: { ERROR_LOG_RECORD_REQUEST_BODY: true } });
  stage.upstream.fallbackReply = reply.bytes(
    400,
    Buffer.from(
      `{"error":{"message":"${'long'.repeat(400)}","code":9007199254740993,"code":"<b>twice</b>"}}`,
    ),
    { 'content-type': 'application/json' },
  );
  expect(await stage.chat('model-bodies')).toBe(400);
  await stage.admin('PATCH', '/settings', { values: { ERROR_LOG_RECORD_REQUEST_BODY: false } });
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto('/logs?model=model-bodies');
  await requests(page).getByRole('row').nth(1).press('Enter');
  const story = page.getByRole('dialog');
  const answer = story.getByRole('region', { name: 'Answer of the provider' });
  await expect(answer.getByText('9007199254740993')).toBeVisible();
  await expect(answer.getByText('"<b>twice</b>"')).toBeVisible();
  await answer.getByRole('button', { name: 'Show all' }).click();
  await expect(answer.getByText('long'.repeat(400))).toBeVisible();
  const sent = story.getByRole('region', { name: 'Request body' });
  await expect(sent.getByText('"Hello"')).toBeVisible();
  await sent.locator('summary').first().press('Enter');
  await expect(sent.getByText('"Hello"')).toHaveCount(0);
  const isWide = await story.evaluate((dialog) =>
    [dialog, ...dialog.querySelectorAll('[role=region], div')].some(
      (one) => getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1,
    ),
  );
  expect(isWide).toBe(false);
});

test('a body that was not kept says how to have it kept', async ({ dashboard: page, stage }) => {
  stage.upstream.fallbackReply = reply.error(400, { message: 'no' });
  await stage.chat('model-unkept');
  await page.goto('/logs?model=model-unkept');
  await requests(page).getByRole('row').nth(1).press('Enter');
  await page.getByRole('dialog').getByRole('link', { name: 'Open the setting' }).click();
  await expect(page).toHaveURL(/\/settings\?find=ERROR_LOG_RECORD_REQUEST_BODY$/);
});

test('a story leads to the next one in the list, and closing still takes one step back', async ({
  dashboard: page,
  stage,
}) => {
  await stage.chat('model-walk-1');
  await stage.chat('model-walk-2');
  await page.goto('/');
  await page.getByRole('link', { name: 'Logs', exact: true }).click();
  await page.getByLabel('Search id, model or text').fill('model-walk');
  await expect(page).toHaveURL(/text=model-walk$/);
  await expect(requests(page).getByRole('row')).toHaveCount(3);
  await requests(page).getByRole('row').nth(1).press('Enter');
  const story = page.getByRole('dialog');
  await expect(story.getByText('model-walk-2')).toBeVisible();
  await expect(story.getByRole('button', { name: 'Newer' })).toBeDisabled();
  const opened = page.url();
  await story.getByRole('button', { name: 'Older' }).click();
  await expect(story.getByText('model-walk-1')).toBeVisible();
  await expect(page).not.toHaveURL(opened);
  await expect(story.getByRole('button', { name: 'Older' })).toBeDisabled();
  await story.getByRole('button', { name: 'Close' }).click();
  await expect(page).toHaveURL(/text=model-walk$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
});

test.describe('by the keyboard alone', () => {
  test('j, k and the arrows walk the list, the open story follows, Enter opens and Escape closes it', async ({
    dashboard: page,
    stage,
  }) => {
    for (const model of ['step-1', 'step-2', 'step-3']) await stage.chat(model);
    await page.goto('/logs?text=step-');
    const row = (index: number) => requests(page).getByRole('row').nth(index);
    const story = page.getByRole('dialog');
    await expect(row(3)).toContainText('step-1');
    await page.keyboard.press('j');
    await expect(row(1)).toBeFocused();
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await expect(row(3)).toBeFocused();
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await expect(story).toContainText('step-2');
    await page.keyboard.press('j');
    await expect(story).toContainText('step-1');
    // The end of the list.
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await expect(story).toContainText('step-2');
    await page.keyboard.press('k');
    await expect(story).toContainText('step-3');
    const id = await page.locator('[data-row]').first().getAttribute('data-row');
    await expect(page).toHaveURL(new RegExp(`log=${id}`));
    // What is pressed in the palette above it stays there.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('jj');
    await expect(page.getByRole('combobox')).toHaveValue('jj');
    await page.keyboard.press('Escape');
    await expect(story).toContainText('step-3');
    await page.keyboard.press('Escape');
    await expect(story).toHaveCount(0);
    await expect(row(1)).toBeFocused();
    await expect(page).not.toHaveURL(/log=/);
  });
});

test('a request is copied as a curl command, with its body and a place for the token', async ({
  dashboard: page,
  stage,
}) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await stage.admin('PATCH', '/settings', { values: { ERROR_LOG_RECORD_REQUEST_BODY: true } });
  stage.upstream.fallbackReply = reply.error(400, { message: 'wrong' });
  expect(await stage.chat('model-copied')).toBe(400);
  await stage.admin('POST', '/settings/reset', { names: ['ERROR_LOG_RECORD_REQUEST_BODY'] });
  await page.goto('/logs?model=model-copied');
  await requests(page).getByRole('row').nth(1).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Copy as curl' }).click();
  await expect(page.getByText('Put a client token in the place of YOUR_TOKEN.')).toBeVisible();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain(`'${stage.server.url}/default/v1/chat/completions'`);
  expect(command).toContain("-H 'Authorization: Bearer YOUR_TOKEN'");
  expect(command).toContain('"model":"model-copied","messages"');
  expect(command).not.toContain('client-token-of-the-tests');
});

test('model, token, key, outcome, duration and times are chosen in a form, and stand in the address', async ({
  dashboard: page,
  stage,
}) => {
  await stage.chat('model-chosen');
  await page.goto('/logs?since=1h');
  await page.getByRole('button', { name: 'Filters', exact: true }).click();
  const form = page.getByRole('dialog', { name: 'Filters' });
  await form.getByLabel('Model').fill('model-chosen');
  await form.getByLabel('Took at most (seconds)').fill('600');
  await form.getByLabel('Took at least (seconds)').fill('700');
  await expect(form.getByText('Must not be less than the other')).toBeVisible();
  await form.getByLabel('Took at least (seconds)').fill('');
  await form.getByLabel('From', { exact: true }).fill('2026-01-01T00:00');
  await form.getByLabel('Outcome').click();
  await page.getByRole('option', { name: 'Succeeded' }).click();
  await form.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/model=model-chosen/);
  await expect(page).toHaveURL(/outcome=success/);
  await expect(page).toHaveURL(/durationMsMax=600000/);
  await expect(page).toHaveURL(/from=2026-01-01T00%3A00Z/);
  await expect(page).not.toHaveURL(/since=/);
  await page.reload();
  await expect(requests(page).getByRole('row')).toHaveCount(2);
  await page.getByRole('button', { name: 'Filters', exact: true }).click();
  await form.getByLabel('Took at least (seconds)').fill('600');
  await form.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('Nothing passes this filter')).toBeVisible();
  await page.getByRole('button', { name: /^Remove: 10 m/ }).click();
  await expect(requests(page).getByRole('row')).toHaveCount(2);
  // A key by the end of it.
  await page.getByRole('button', { name: 'Filters', exact: true }).click();
  await form.getByLabel('Key', { exact: true }).fill('nothing-like-it');
  await expect(form.getByText('No single key is found by this')).toBeVisible();
  await form.getByLabel('Key', { exact: true }).fill('03');
  await form.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/keyId=\w+/);
});
