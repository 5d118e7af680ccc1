import type { Page } from '@playwright/test';
import { chatChunk, chatCompletion, chatStream, reply, type Reply } from '../support/scripted-upstream';
import { expect, signIn, test } from './fixtures';

test.use({ stageName: 'playground' });

const KEY = 'sk-playground-00000001';
const box = (page: Page) => page.getByRole('textbox', { name: 'Message' });
const answers = (page: Page) => page.getByTestId('answer');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const story = (page: Page) => page.getByRole('complementary', { name: 'Parameters and story' });

interface Sent {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly [name: string]: unknown;
}
const sentOf = (body: Buffer) => JSON.parse(body.toString()) as Sent;

/** Streams the words that are made of each request. */
const saying =
  (textsOf: (sent: Sent) => readonly string[]): Reply =>
  (request, response) => {
    if (!request.url.endsWith('/chat/completions')) {
      const data = ['chat-one', 'chat-two', 'text-embedding-3'].map((id) => ({ id, object: 'model' }));
      return reply.json(200, { object: 'list', data })(request, response);
    }
    const usage = { prompt_tokens: 11, completion_tokens: 22, total_tokens: 33 };
    return reply.sse(chatStream(textsOf(sentOf(request.body)), { usage }))(request, response);
  };

test.beforeEach(async ({ stage }) => {
  stage.upstream.reset();
  stage.upstream.fallbackReply = saying(({ messages }) => ['You said: ', messages.at(-1)?.content ?? '']);
  await stage.admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
  await stage.admin('POST', '/keys/import', { provider: 'default', text: KEY });
});

/** With a token, and a model to ask. */
async function open(page: Page): Promise<void> {
  await page.goto('/playground');
  await button(page, 'New token').first().click();
  await expect(box(page)).toBeFocused();
  await expect(page.getByRole('combobox', { name: 'Model or route' })).toHaveValue('chat-one');
}

async function ask(page: Page, question: string): Promise<void> {
  await box(page).fill(question);
  await box(page).press('Enter');
}

test('without keys it says what to do, and does it', async ({ dashboard: page, stage }) => {
  await stage.admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
  await page.goto('/playground');
  await expect(page.getByText('No keys to ask with yet')).toBeVisible();
  await ask(page, 'Hello');
  await expect(answers(page)).toHaveCount(0);
  await page.getByRole('link', { name: 'Add keys' }).click();
  await expect(page).toHaveURL(/\/keys$/);
});

test('an answer is shown as it comes, then with its figures and its story', async ({
  dashboard: page,
  stage,
}) => {
  await open(page);
  const stream = reply.sseControlled();
  stage.upstream.fallbackReply = stream.reply;
  await box(page).pressSequentially('One line');
  await box(page).press('Shift+Enter');
  await box(page).pressSequentially('another');
  await box(page).press('Enter');
  await stream.opened;
  await expect(answers(page)).toContainText('Waiting for the first words');
  stream.write(chatChunk('First piece, '));
  await expect(answers(page)).toContainText('First piece,');
  await expect(box(page)).toBeFocused();
  await expect(button(page, 'Stop')).toBeVisible();
  const usage = { prompt_tokens: 1_234, completion_tokens: 22, total_tokens: 1_256 };
  for (const chunk of chatStream(['last piece'], { usage })) stream.write(chunk);
  stream.end();
  await expect(answers(page)).toContainText('First piece, last piece');
  await expect(answers(page)).toContainText('1,234 tokens in, 22 out');
  await expect(answers(page)).toContainText(/First words after .* Whole after|First words after/);
  await expect(story(page).getByRole('heading', { name: 'What happened' })).toBeVisible();
  await expect(story(page)).toContainText('Succeeded');
  const request = stage.upstream.requests.find(({ url }) => url.endsWith('/chat/completions'));
  expect(sentOf(request?.body ?? Buffer.of())).toEqual({
    model: 'chat-one',
    messages: [{ role: 'user', content: 'One line\nanother' }],
    stream: true,
    stream_options: { include_usage: true },
  });
  await story(page).getByRole('link', { name: 'Its story in the log' }).click();
  await expect(page.getByRole('dialog').getByRole('heading', { name: 'What happened' })).toBeVisible();
});

test('parameters go along, and a wrong one is told and not sent', async ({ dashboard: page, stage }) => {
  await open(page);
  await story(page).getByLabel('System prompt').fill('Be brief.');
  await story(page).getByLabel('Max tokens').fill('50');
  await story(page).getByLabel('Temperature').fill('7');
  await expect(story(page).getByRole('alert')).toHaveText('A number from 0 to 2');
  await ask(page, 'Hello');
  await expect(answers(page)).toHaveCount(0);
  await story(page).getByLabel('Temperature').fill('0.5');
  await story(page).getByRole('combobox', { name: 'Reasoning effort' }).click();
  await page.getByRole('option', { name: 'Low' }).click();
  stage.upstream.fallbackReply = (request, response) =>
    reply.json(200, chatCompletion('In one piece'))(request, response);
  await story(page).getByRole('switch', { name: 'Stream the answer' }).click();
  await box(page).press('Enter');
  await expect(answers(page)).toContainText('In one piece');
  const request = stage.upstream.requests.find(({ url }) => url.endsWith('/chat/completions'));
  expect(sentOf(request?.body ?? Buffer.of())).toEqual({
    model: 'chat-one',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
    ],
    temperature: 0.5,
    max_tokens: 50,
    reasoning_effort: 'low',
  });
});

test('Esc stops the answer at the provider too, and what has come stays', async ({
  dashboard: page,
  stage,
}) => {
  await open(page);
  const stream = reply.sseControlled();
  stage.upstream.fallbackReply = stream.reply;
  await ask(page, 'Tell me everything');
  await stream.opened;
  stream.write(chatChunk('Well, '));
  await expect(answers(page)).toContainText('Well,');
  await box(page).press('Escape');
  await expect(answers(page)).toContainText('Stopped');
  const request = await stage.upstream.waitForRequest(({ url }) => url.endsWith('/chat/completions'));
  await request.closed;
  expect(request.wasAborted()).toBe(true);
  await expect(answers(page)).toContainText('Well,');
  await expect(box(page)).toBeFocused();
  stage.upstream.fallbackReply = saying(() => ['Better']);
  await button(page, 'Ask again').click();
  await expect(answers(page)).toContainText('Better');
  await expect(answers(page)).toHaveCount(1);
});

test('two models answer side by side, each with its own past', async ({ dashboard: page, stage }) => {
  await stage.admin('POST', '/routes', {
    routes: [{ name: 'quick', targets: [{ provider: 'default', model: 'chat-two' }] }],
  });
  stage.upstream.fallbackReply = saying(({ model, messages }) => [`${model} ${messages.length}`]);
  await open(page);
  await button(page, 'Ask a second model as well').click();
  const second = page.getByRole('combobox', { name: 'Model 2' });
  await second.click();
  await expect(page.getByRole('option', { name: 'text-embedding-3' })).toBeVisible();
  await second.fill('qui');
  await expect(page.getByRole('option')).toHaveText(['quick']);
  await second.press('ArrowDown');
  await second.press('Enter');
  await expect(second).toHaveValue('quick');
  await ask(page, 'one');
  await expect(answers(page)).toContainText(['chat-one 1', 'chat-two 1']);
  await expect(button(page, 'Ask again')).toBeVisible();
  await ask(page, 'two');
  await expect(answers(page)).toContainText(['chat-one 1', 'chat-two 1', 'chat-one 3', 'chat-two 3']);
  const bodies = stage.upstream.requests
    .filter(({ url }) => url.endsWith('/chat/completions'))
    .map(({ body }) => sentOf(body));
  const past = (model: string) =>
    bodies.find((sent) => sent.model === model && sent.messages.length === 3)?.messages[1]?.content;
  expect([past('chat-one'), past('chat-two')]).toEqual(['chat-one 1', 'chat-two 1']);
  await answers(page).nth(3).getByRole('button', { name: 'Story' }).click();
  await expect(story(page)).toContainText('quick');
});

test('a failure is told as it is: its words, its code, and the way to the log', async ({
  dashboard: page,
  stage,
}) => {
  await open(page);
  stage.upstream.fallbackReply = reply.error(400, {
    message: 'Unsupported value: <b>temperature</b>',
    code: 'unsupported_value',
  });
  await ask(page, 'Hello');
  const alert = answers(page).getByRole('alert');
  await expect(alert).toContainText('400');
  await expect(alert).toContainText('unsupported_value');
  await expect(alert).toContainText('Unsupported value: <b>temperature</b>');
  await expect(story(page)).toContainText("Client's mistake");
  await page.getByRole('combobox', { name: 'Model or route' }).fill('nobody-here/gpt-4o');
  await stage.admin('POST', '/keys/bulk', { action: 'disable', filter: {} });
  await button(page, 'Ask again').click();
  await expect(alert).toContainText('no_key_available');
  await alert.getByRole('link', { name: 'Its story in the log' }).click();
  await expect(page).toHaveURL(/\/logs\?(log|text)=/);
});

test('a stream that breaks keeps its words beside the error', async ({ dashboard: page, stage }) => {
  await open(page);
  const stream = reply.sseControlled();
  stage.upstream.fallbackReply = stream.reply;
  await ask(page, 'Hello');
  await stream.opened;
  stream.write(chatChunk('Half an ans'));
  await expect(answers(page)).toContainText('Half an ans');
  stream.destroy();
  await expect(answers(page).getByRole('alert')).toContainText('Connection lost');
  await expect(answers(page)).toContainText('Half an ans');
});

test('markup is shown and not followed, code stands apart, and megabytes do not stop the page', async ({
  dashboard: page,
  stage,
}) => {
  await open(page);
  const markup = '<img src=x onerror="document.title=1"> <script>document.title=2</script>';
  stage.upstream.fallbackReply = saying(() => [`${markup}\n\`\`\`js\nlet a = `, '1;\n```\nEnd.']);
  await ask(page, 'Hello');
  await expect(answers(page)).toContainText(markup);
  await expect(answers(page).getByRole('group', { name: 'js' })).toHaveText('let a = 1;');
  await expect(answers(page).locator('img, script')).toHaveCount(0);
  await expect(page).toHaveTitle(/Playground/);

  const piece = 'x'.repeat(65_536);
  stage.upstream.fallbackReply = saying(() => Array.from({ length: 64 }, () => piece));
  await ask(page, 'Very much, please');
  await expect(answers(page).last()).toContainText('Shown are the first 58.6 KB of 4.00 MB.');
  await ask(page, 'And now');
  await expect(box(page)).toHaveValue('');
});

test('a reload finds the chat and what was typed, without any token in the storage of it; a new chat does not', async ({
  dashboard: page,
}) => {
  await open(page);
  await ask(page, 'Remember this');
  await expect(answers(page)).toContainText('You said: Remember this');
  await expect(answers(page)).toContainText('11 tokens in, 22 out');
  await story(page).getByRole('tab', { name: 'Parameters' }).click();
  await story(page).getByLabel('System prompt').fill('Be kind.');
  await box(page).fill('half a sen');
  await page.reload();
  await expect(answers(page)).toContainText('You said: Remember this');
  await expect(box(page)).toHaveValue('half a sen');
  const kept = await page.evaluate(() => sessionStorage.getItem('playground'));
  expect(kept).toContain('Remember this');
  expect(kept).not.toContain('sk-balance');
  await button(page, 'New chat').click();
  await expect(answers(page)).toHaveCount(0);
  await expect(box(page)).toHaveValue('');
  await expect(box(page)).toBeFocused();
  await expect(story(page).getByLabel('System prompt')).toHaveValue('Be kind.');
  await page.reload();
  await expect(page.getByText('Ask something')).toBeVisible();
});

test('signing out forgets the chat', async ({ page }) => {
  // Without the session of the other tests, because it ends.
  await signIn(page);
  await open(page);
  await ask(page, 'A secret');
  await expect(answers(page)).toContainText('You said: A secret');
  await button(page, 'Sign out').click();
  await expect(page.getByLabel('Admin token')).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.getItem('playground'))).toBeNull();
});

test('the request can be copied as code', async ({ dashboard: page }) => {
  await open(page);
  await box(page).fill(`What's new?`);
  await button(page, 'Copy as code').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`"content":"What'\\''s new?"`);
  await dialog.getByRole('radio', { name: 'Python' }).click();
  await expect(dialog).toContainText(`"content": "What's new?"`);
  await dialog.getByRole('radio', { name: 'JavaScript' }).click();
  await expect(dialog).toContainText(`import OpenAI from 'openai';`);
  await expect(dialog).toContainText('model: "chat-one"');
});
