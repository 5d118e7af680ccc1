import type { Page } from '@playwright/test';
import { reply } from '../support/scripted-upstream';
import { expect, test } from './fixtures';
import { CLIENT_TOKEN, type Stage } from './stage';

test.use({ stageName: 'try-again' });

const KEY = 'sk-tried-00000000001';

test.beforeAll(async ({ stage }) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: KEY });
});

test.beforeEach(async ({ stage }) => {
  stage.upstream.reset();
  await stage.admin('PATCH', '/settings', { values: { ERROR_LOG_RECORD_REQUEST_BODY: true } });
});

/** A request of a client that the provider refuses. */
async function fail({ server, upstream }: Stage, path: string, body: string): Promise<void> {
  upstream.fallbackReply = reply.error(400, { message: 'not now' });
  const response = await fetch(`${server.url}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CLIENT_TOKEN}`, 'content-type': 'application/json' },
    body,
  });
  await response.text();
  expect(response.status).toBe(400);
  upstream.reset();
}

async function openStory(page: Page, model: string) {
  await page.goto(`/logs?model=${model}`);
  await page.getByRole('grid', { name: 'Requests' }).getByRole('row').nth(1).press('Enter');
  const story = page.getByRole('dialog');
  await story.getByRole('button', { name: 'Try again', exact: true }).click();
  return story;
}

test('a request is sent again to the byte, with a token of the dashboard, and its story can be read', async ({
  dashboard: page,
  stage,
}) => {
  const body =
    '{ "model":"model-again", "messages":[{"role":"user","content":"Grüße"}], "seed":12345678901234567890 }';
  await fail(stage, '/chat/completions', body);
  const story = await openStory(page, 'model-again');
  const send = story.getByRole('button', { name: 'Send again' });
  await expect(send).toBeDisabled();
  await story.getByRole('button', { name: 'New token' }).click();
  const before = stage.upstream.requests.length;
  await send.click();
  const result = story.getByTestId('resent');
  await expect(result).toContainText('200');
  await expect(result).toContainText('Succeeded');
  const sent = stage.upstream.requests.slice(before);
  expect(sent.map(({ key, body: bytes }) => [key, bytes.toString()])).toEqual([[KEY, body]]);
  await expect(story.getByLabel('Client token')).toHaveAttribute('type', 'password');
  expect(await page.content()).not.toContain(CLIENT_TOKEN);
  expect(await story.innerText()).not.toMatch(/sk-balance-\w{10}/);

  const { items } = await stage.admin<{ items: { id: string; token: string; status: number }[] }>(
    'GET',
    '/logs/requests?model=model-again',
  );
  const [again, first] = items;
  expect([again?.status, first?.status, again?.token === first?.token]).toEqual([200, 400, false]);
  await result.getByRole('button', { name: 'Its story' }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get('log') === again?.id);
  await expect(story.getByRole('heading', { name: '200 POST /chat/completions' })).toBeVisible();
  await expect(story.getByRole('button', { name: 'Send again' })).toHaveCount(0);
});

test('what was not recorded is not sent again, and it says why', async ({ dashboard: page, stage }) => {
  await stage.admin('PATCH', '/settings', { values: { ERROR_LOG_RECORD_REQUEST_BODY: false } });
  await fail(stage, '/chat/completions', '{"model":"model-unkept","messages":[]}');
  const story = await openStory(page, 'model-unkept');
  await expect(story.getByText('Its body was not recorded.', { exact: false })).toBeVisible();
  await expect(story.getByRole('button', { name: 'Send again' })).toHaveCount(0);
  await story.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('grid', { name: 'Requests' }).getByRole('row').nth(1).press('Enter');
  await expect(story.getByText('Attempt 1')).toBeVisible();
  await expect(story.getByText('Its body was not recorded.', { exact: false })).toHaveCount(0);
});

test('a batch is not sent again, and a response that the provider keeps only when one says so', async ({
  dashboard: page,
  stage,
}) => {
  await fail(stage, '/batches', '{"model":"model-batch"}');
  const batch = await openStory(page, 'model-batch');
  await expect(batch.getByText('such as a file or a batch', { exact: false })).toBeVisible();

  await fail(stage, '/responses', '{"model":"model-kept","input":"Hello"}');
  const story = await openStory(page, 'model-kept');
  const token = story.getByLabel('Client token');
  await token.fill(CLIENT_TOKEN);
  const before = stage.upstream.requests.length;
  await story.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  expect(stage.upstream.requests.length).toBe(before);
  stage.upstream.fallbackReply = reply.error(400, { message: 'still not' });
  await story.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Send again' }).click();
  await expect(story.getByTestId('resent')).toContainText('400');
  expect(stage.upstream.requests.length).toBe(before + 1);
});
