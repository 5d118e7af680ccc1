import type { Page, Route } from '@playwright/test';
import {
  reply,
  startScriptedUpstream,
  type Reply,
  type ScriptedUpstream,
} from '../support/scripted-upstream';
import { expect, test } from './fixtures';
import { holdTasks } from './hold-tasks';
import type { Stage } from './stage';

test.use({ stageName: 'first-run' });

const KEYS = 'sk-first-key-000001\nsk-first-key-000002';
const list = (...ids: string[]): object => ({
  object: 'list',
  data: ids.map((id) => ({ id, object: 'model', owned_by: 'test' })),
});

/** A provider of one's own, whose list of models is answered with `models`; without a key it refuses. */
async function ownProvider(models: Reply): Promise<ScriptedUpstream> {
  const upstream = await startScriptedUpstream();
  const chat = upstream.fallbackReply;
  upstream.fallbackReply = (request, response) => {
    const isKnown = request.key?.startsWith('sk-first-key') === true;
    if (!isKnown)
      return reply.error(401, { message: 'Incorrect API key', code: 'invalid_api_key' })(request, response);
    return (request.url.endsWith('/models') ? models : chat)(request, response);
  };
  return upstream;
}

/** Counts what people do with the mouse. */
async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    document.addEventListener(
      'click',
      (event) => {
        if (event.isTrusted && event.detail > 0) {
          sessionStorage.setItem('clicks', String(Number(sessionStorage.getItem('clicks') ?? '0') + 1));
        }
      },
      true,
    );
  });
  return async () => Number(await page.evaluate(() => sessionStorage.getItem('clicks') ?? '0'));
}

const keysField = (page: Page) => page.getByRole('textbox', { name: 'Keys', exact: true });
const answer = (page: Page) => page.getByTestId('answer');
const alerts = (page: Page) => page.locator('[role="alert"]:not(#__next-route-announcer__), .text-bad');

async function forget({ admin }: Stage): Promise<void> {
  await admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
  const { items } = await admin<{ items: { id: string; isDefault: boolean }[] }>('GET', '/providers');
  for (const { id, isDefault } of items) if (!isDefault) await admin('DELETE', `/providers/${id}`);
  const tokens = await admin<{ items: { id: string; source: string }[] }>('GET', '/tokens');
  for (const { id, source } of tokens.items)
    if (source === 'dashboard') await admin('DELETE', `/tokens/${id}`);
}

async function ownTokens({ admin }: Stage): Promise<number> {
  const { items } = await admin<{ items: { source: string }[] }>('GET', '/tokens');
  return items.filter(({ source }) => source === 'dashboard').length;
}

let own: ScriptedUpstream;
test.beforeEach(async ({ stage }) => {
  await forget(stage);
  own = await ownProvider(
    reply.json(200, list('text-embedding-3-small', 'whisper-1', 'own-chat-mini', 'zz-tts')),
  );
});
test.afterEach(() => own.stop());

async function chooseOwn(page: Page, address: string, keys = KEYS): Promise<void> {
  await page.getByRole('button', { name: 'Own address' }).click();
  await page.getByLabel('Base URL').fill(address);
  await keysField(page).click();
  await keysField(page).fill(keys);
}

test('a provider of one’s own gives the first answer within eight clicks, and nothing on the way is red', async ({
  dashboard: page,
  stage,
}) => {
  const clicks = await countClicks(page);
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'From here to the first answer' })).toBeVisible();
  await expect(alerts(page)).toHaveCount(0);
  await chooseOwn(page, own.baseUrl);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByTestId('test-result')).toContainText('2 keys work, 4 models');
  await expect(alerts(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'New token' }).click();
  await expect(page.getByLabel('Client token')).toHaveValue(/^sk-/);
  await expect(page.getByLabel('Model')).toHaveValue('own-chat-mini');
  const slug = `127.0.0.1-${own.port}`;
  await expect(page.getByText(`base_url="${stage.server.url}/${slug}/v1"`)).toBeVisible();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('Hello there');
  await expect(alerts(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Done: to the overview' }).click();
  await expect(page.getByText('Keys by state')).toBeVisible();
  // The default provider has no keys, which is nothing broken.
  await expect(page.getByText('no keys', { exact: false }).first()).toBeVisible();
  expect(await clicks()).toBeLessThanOrEqual(8);

  await page.getByRole('button', { name: 'Connect a client' }).click();
  await expect(page.getByRole('dialog').getByText(`base_url="${stage.server.url}/${slug}/v1"`)).toBeVisible();
});

test('the default provider is used at /v1, and a reload goes on where it was with the same token', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto('/');
  await keysField(page).fill(KEYS);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByTestId('test-result')).toContainText(/2 keys work|2 could not be tested/);
  await page.getByRole('button', { name: 'New token' }).dblclick();
  await expect(page.getByLabel('Client token')).toHaveValue(/^sk-/);
  const token = await page.getByLabel('Client token').inputValue();
  const document = await page.request.get('/', { headers: { 'sec-fetch-dest': 'document' } });
  expect(await document.text(), 'the overview is not shown first').not.toMatch(/<\w+[^>]*data-chart/);
  await page.reload();
  await expect(page.getByTestId('test-result')).toBeVisible();
  await expect(page.getByLabel('Client token')).toHaveValue(token);
  await page.getByLabel('Client token').fill('');
  await page.getByRole('button', { name: 'New token' }).click();
  await expect(page.getByLabel('Client token')).toHaveValue(token);
  expect(await ownTokens(stage)).toBe(1);
  await expect(page.getByText(`base_url="${stage.server.url}/v1"`)).toBeVisible();
  await expect(page.getByLabel('Model')).toHaveValue('gpt-4o-mini');
  await page.getByRole('button', { name: 'Add more keys' }).click();
  await keysField(page).fill('sk-first-key-000003');
  await page.getByRole('button', { name: 'Add 1 key', exact: true }).click();
  await expect(keysField(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('Hello there');
});

test('somebody with a key of Azure needs the address of the resource and nothing else', async ({
  dashboard: page,
  stage,
}) => {
  const azure = await startScriptedUpstream();
  const chat = azure.fallbackReply;
  azure.fallbackReply = (request, response) => {
    if (request.headers['api-key'] !== 'azure-key-000000000001' || !request.url.startsWith('/openai/v1/'))
      return reply.error(401, { message: 'Access denied', code: '401' })(request, response);
    return (request.url.endsWith('/models') ? reply.json(200, list('my-gpt-4o')) : chat)(request, response);
  };
  await page.goto('/');
  await page.getByRole('button', { name: 'Azure' }).click();
  await page.getByLabel('Base URL').fill(azure.baseUrl.replace('/v1', ''));
  await keysField(page).fill('azure-key-000000000001');
  await page.getByRole('button', { name: 'Add 1 key', exact: true }).click();
  await expect(page.getByTestId('test-result')).toContainText('1 key works, 1 model');
  await page.getByRole('button', { name: 'New token' }).click();
  await expect(page.getByLabel('Model')).toHaveValue('my-gpt-4o');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('Hello there');
  await expect(alerts(page)).toHaveCount(0);
  const { items } = await stage.admin<{ items: { name: string; baseUrl: string; auth: string }[] }>(
    'GET',
    '/providers',
  );
  expect(items.find(({ name }) => name === 'Azure')).toMatchObject({
    baseUrl: azure.baseUrl.replace('/v1', '/openai/v1'),
    auth: 'api-key',
  });
  await azure.stop();
});

test('cards of providers that take their key in another way fill it in', async ({ dashboard: page }) => {
  const asked: { baseUrl?: string; auth?: string }[] = [];
  await page.route('**/api/admin/providers/check', async (route: Route) => {
    asked.push(route.request().postDataJSON() as { baseUrl?: string });
    await route.abort();
  });
  await page.goto('/');
  for (const name of ['Anthropic', 'Gemini']) {
    await page.getByRole('button', { name, exact: true }).click();
    await keysField(page).fill('some-key-of-theirs-000001');
    await page.getByRole('button', { name: 'Add 1 key', exact: true }).click();
    await expect.poll(() => asked.length).toBe(name === 'Anthropic' ? 1 : 2);
    await keysField(page).fill('');
  }
  expect(asked.map(({ baseUrl, auth }) => [baseUrl, auth])).toEqual([
    ['https://api.anthropic.com/v1', 'x-api-key'],
    ['https://generativelanguage.googleapis.com/v1beta/openai', 'x-goog-api-key'],
  ]);
});

test('a provider without a list of models is none the worse for it', async ({ dashboard: page }) => {
  const bare = await ownProvider(reply.error(404, { message: 'Not found' }));
  await page.goto('/');
  await chooseOwn(page, bare.baseUrl);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByTestId('test-result')).toContainText('2 keys work');
  await expect(page.getByText('This provider gives no list of its models.', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByLabel('Model').fill('whatever-it-has');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('Hello there');
  await expect(alerts(page)).toHaveCount(0);
  await bare.stop();
});

test('a model that the test of the keys was refused is not proposed, and an answer in one piece is shown', async ({
  dashboard: page,
}) => {
  const bare = await ownProvider(reply.error(404, { message: 'Not found' }));
  const all = bare.fallbackReply;
  bare.fallbackReply = (request, response) => {
    const isChat =
      request.url.endsWith('/chat/completions') && request.key?.startsWith('sk-first-key') === true;
    if (!isChat) return all(request, response);
    const { model } = JSON.parse(request.body.toString()) as { model: string };
    if (model !== 'acme-one') {
      const message = `The model '${model}' does not exist`;
      return reply.error(404, { message, code: 'model_not_found' })(request, response);
    }
    const message = { role: 'assistant', content: [{ type: 'text', text: 'In one piece' }] };
    return reply.json(200, {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model,
      choices: [{ index: 0, message, finish_reason: 'stop' }],
    })(request, response);
  };
  await page.goto('/');
  await chooseOwn(page, bare.baseUrl);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByTestId('test-result')).toContainText('2 could not be tested');
  await expect(page.getByText('This provider gives no list of its models.', { exact: false })).toBeVisible();
  await expect(page.getByLabel('Model')).toHaveValue('');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByLabel('Model').fill('acme-one');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('In one piece');
  await bare.stop();
});

test('a wrong path is told with the right one, which one click takes', async ({ dashboard: page }) => {
  const answers = own.fallbackReply;
  own.fallbackReply = (request, response) => {
    if (request.url.startsWith('/v1/')) return answers(request, response);
    response.writeHead(404, { 'content-type': 'text/html' });
    response.end('<html><title>Not Found</title></html>');
  };
  await page.goto('/');
  await chooseOwn(page, own.baseUrl.replace('/v1', '/v2'));
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByText(`At ${own.baseUrl} there is an API.`)).toBeVisible();
  await page.getByRole('button', { name: 'Use that one' }).click();
  await expect(page.getByTestId('test-result')).toContainText('2 keys work, 4 models');
});

test('keys that are all bad are told in words, and others may follow', async ({ dashboard: page }) => {
  await page.goto('/');
  await chooseOwn(page, own.baseUrl, 'sk-wrong-key-000001');
  await page.getByRole('button', { name: 'Add 1 key', exact: true }).click();
  await expect(page.getByTestId('test-result')).toContainText('1 was refused: invalid key');
  await expect(page.getByText('None of these keys works.', { exact: false })).toBeVisible();
  await keysField(page).fill(KEYS);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByTestId('test-result')).toContainText('2 keys work');
  await expect(page.getByText('None of these keys works.', { exact: false })).toHaveCount(0);
});

test('a wrong address is told before anything is saved, and the keys are not lost', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto('/');
  await chooseOwn(page, 'http://127.0.0.1:9/v1');
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByText('Nothing answers at http://127.0.0.1:9/v1', { exact: false })).toBeVisible();
  const { total } = await stage.admin<{ total: number }>('GET', '/keys');
  expect(total).toBe(0);
  const providers = await stage.admin<{ items: unknown[] }>('GET', '/providers');
  expect(providers.items).toHaveLength(1);
  await page.getByLabel('Base URL').fill('no address at all');
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByText('This is no address.', { exact: false })).toBeVisible();
  await expect(keysField(page)).toHaveValue(KEYS);
  await page.getByLabel('Base URL').fill(`${own.baseUrl.replace('http://', '')}/chat/completions`);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByTestId('test-result')).toContainText('2 keys work, 4 models');
});

test('the guide can be skipped, and asks first when keys are pasted', async ({ dashboard: page }) => {
  const skip = page.getByRole('button', { name: 'Skip: to the overview' });
  await page.goto('/');
  await keysField(page).fill(KEYS);
  await skip.click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(keysField(page)).toHaveValue(KEYS);
  await keysField(page).fill('');
  await skip.click();
  await expect(page.getByText('Keys by state')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'From here to the first answer' })).toHaveCount(0);
});

test('what was pasted stays when keys come from elsewhere meanwhile', async ({ dashboard: page, stage }) => {
  await page.goto('/');
  await chooseOwn(page, own.baseUrl);
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-elsewhere-0000001' });
  await expect(page.getByRole('heading', { name: /Connect a client/ })).toBeVisible();
  await expect(page.getByLabel('Client token')).toBeVisible();
  await expect(keysField(page)).toHaveValue(KEYS);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByTestId('test-result')).toContainText('2 keys work');
});

test('very many keys: the guide shows how far it is, over a reload too, and goes on by itself', async ({
  dashboard: page,
  stage,
}) => {
  test.setTimeout(120_000);
  const held = holdTasks();
  await page.route('**/api/admin/tasks/*', held.handler);
  await page.goto('/');
  const text = Array.from({ length: 2_100 }, (_, index) => `sk-first-key-${String(index).padStart(8, '0')}`);
  await chooseOwn(page, own.baseUrl, text.join('\n'));
  await page.getByRole('button', { name: 'Add 2,100 keys' }).click();
  await expect(page.getByTestId('import-progress')).toBeVisible();
  await page.reload();
  await expect(page.getByTestId('import-progress')).toBeVisible();
  held.release();
  await expect(page.getByTestId('test-result')).toContainText(/2,?100 keys work/, { timeout: 90_000 });
  await expect(page.getByTestId('import-progress')).toHaveCount(0);
  const { total } = await stage.admin<{ total: number }>('GET', '/keys');
  expect(total).toBe(2_100);
});

test('a list of providers that cannot be loaded is told in the guide, and asked for again', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-elsewhere-0000001' });
  await page.addInitScript(() => localStorage.setItem('first-run', '{}'));
  const refuse = (route: Route) =>
    route.fulfill({ status: 400, json: { error: { code: 'no', message: 'no' } } });
  await page.route('**/api/admin/providers', refuse);
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Try again' }).first()).toBeVisible();
  await page.unroute('**/api/admin/providers', refuse);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect(page.getByLabel('Client token')).toBeVisible();
});

test('the guide comes to its end on a phone without anything beside the screen', async ({
  dashboard: page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await chooseOwn(page, own.baseUrl);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByTestId('test-result')).toContainText('2 keys work');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('Hello there');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole('button', { name: 'Done: to the overview' }).click();
  await expect(page.getByText('Keys by state')).toBeVisible();
});

test('junk is told and left out, and may be taken anyway; closing over it asks first', async ({
  dashboard: page,
  stage,
}) => {
  await page.goto('/keys');
  await page.getByRole('button', { name: 'Add keys' }).first().click();
  const text = `hello\nhttps://api.example.com/v1\n${KEYS}\nsk-first-key-000001\nContent-Type:`;
  await keysField(page).fill(text);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('looks like a word')).toBeVisible();
  await expect(dialog.getByText('looks like a URL')).toBeVisible();
  await expect(dialog.getByText('looks like a header name')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Add 2 keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(keysField(page)).toHaveValue(text);
  await dialog.getByRole('switch', { name: 'Take these 3 anyway' }).click();
  await expect(dialog.getByRole('button', { name: 'Add 5 keys' })).toBeVisible();
  await dialog.getByRole('switch', { name: 'Take these 3 anyway' }).click();
  await dialog.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByText('2 keys', { exact: true })).toBeVisible();
  const { total } = await stage.admin<{ total: number }>('GET', '/keys');
  expect(total).toBe(2);
});

test('a provider that refuses streams gives its first answer all the same', async ({ dashboard: page }) => {
  const provider = await ownProvider(reply.json(200, list('gpt-4o-mini')));
  const usual = provider.fallbackReply;
  provider.fallbackReply = (request, response) =>
    /"stream":true/.test(request.body.toString())
      ? reply.error(400, { message: 'Streaming is not supported for this model' })(request, response)
      : usual(request, response);
  await page.goto('/');
  await chooseOwn(page, provider.baseUrl);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(page.getByTestId('test-result')).toContainText('2 keys work');
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answer(page)).toContainText('Hello there');
  await expect(answer(page).getByRole('alert')).toHaveCount(0);
  await provider.stop();
});

test('a provider that wants its key in another header is told as what it is, with the way to set that', async ({
  dashboard: page,
  stage,
}) => {
  const provider = await startScriptedUpstream();
  const usual = provider.fallbackReply;
  provider.fallbackReply = (request, response) =>
    request.headers['x-api-key'] === undefined && !request.url.endsWith('/models')
      ? reply.error(401, { message: 'x-api-key header is required' })(request, response)
      : usual(request, response);
  await page.goto('/');
  await chooseOwn(page, provider.baseUrl);
  await page.getByRole('button', { name: 'Add 2 keys' }).click();
  const result = page.getByTestId('test-result');
  await expect(result).toContainText('the provider asks for the key in the header x-api-key');
  await expect(result).not.toContainText('invalid key');
  await result.getByRole('link', { name: 'the form of the provider' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add header' }).click();
  await dialog.getByLabel('Name of the header').fill('x-api-key');
  await dialog.getByLabel('Value of x-api-key').fill('sk-first-key-000001');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  const { items } = await stage.admin<{ items: { id: string }[] }>('GET', '/keys');
  const verified = await stage.admin<{ outcome: string }>('POST', `/keys/${items[0]?.id}/verify`);
  expect(verified.outcome).toBe('alive');
  await provider.stop();
});
