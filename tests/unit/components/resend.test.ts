import { describe, expect, it } from 'vitest';
import { resendOf } from '../../../components/logs/try-again/resend';
import type { LogStory } from '../../../lib/admin/contract/logs';
import { requestLogItem } from '../../../lib/admin/logs/log-item';
import { errorRow, requestRow } from '../../integration/store/rows';

type Story = Pick<LogStory, 'request' | 'attempts' | 'skippedProviders' | 'socket' | 'errors'>;

const CHAT = { model: 'gpt-test', messages: [{ role: 'user', content: 'Grüße' }] };

function storyOf(
  body: string | null,
  row: Parameters<typeof requestRow>[1] = {},
  more: Partial<Story> = {},
): Story {
  const requestBytes = body === null ? 100 : Buffer.byteLength(body);
  const request = requestRow(1, { endpoint: '/chat/completions', provider: 'groq', requestBytes, ...row });
  return {
    request: requestLogItem(request, () => []),
    attempts: [],
    skippedProviders: [],
    socket: null,
    errors: [{ ...errorRow(1), gone: [], requestBody: body, isBodyHidden: false }],
    ...more,
  };
}

const sent = (body: object, endpoint = '/chat/completions') =>
  resendOf(storyOf(JSON.stringify(body), { endpoint }));

it('a body that was recorded whole goes out to the byte, where the first one went', () => {
  const body = `{ "model":"gpt-test", "n": 12345678901234567890, "messages":[] }`;
  expect(resendOf(storyOf(body))).toEqual({ path: '/groq/v1/chat/completions', body, mayLast: false });
  expect(resendOf(storyOf(body, { route: 'fast' }))).toMatchObject({ path: '/v1/chat/completions' });
  expect(resendOf(storyOf(body, { endpoint: '/models/gemini:generateContent' }))).toMatchObject({
    path: '/groq/v1beta/models/gemini:generateContent',
  });
});

const HIDDEN: Partial<Story> = {
  errors: [{ ...errorRow(1), gone: [], requestBody: null, isBodyHidden: true }],
};

describe('what cannot be sent again is refused, and says why', () => {
  const whole = JSON.stringify(CHAT);
  const long = JSON.stringify({ ...CHAT, user: 'x'.repeat(64 * 1024) });
  it.each<readonly [string, Story, string]>([
    ['no row', storyOf(whole, {}, { request: null }), 'rowGone'],
    ['a WebSocket', storyOf(whole, {}, { socket: { framesSent: 1, framesReceived: 1 } }), 'socket'],
    ['a read', storyOf(whole, { method: 'GET' }), 'noBody'],
    ['an empty body', storyOf(null, { requestBytes: 0 }), 'noBody'],
    ['a body that was not recorded', storyOf(null), 'notKept'],
    ['a body that is hidden from the role', storyOf(null, {}, HIDDEN), 'hidden'],
    ['a success, which has no errors', storyOf(whole, {}, { errors: [] }), 'notKept'],
    ['a beginning', storyOf(long.slice(0, 64 * 1024), { requestBytes: Buffer.byteLength(long) }), 'cut'],
    ['bytes that are no text', storyOf(`{"a":"\uFFFD"}`, { requestBytes: 9 }), 'changed'],
    ['a text in which a part was replaced', storyOf(`{"a":"***"}`, { requestBytes: 40 }), 'changed'],
    ['a form', storyOf('--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--x--'), 'notJson'],
    ['a list', storyOf('[1]'), 'notJson'],
  ])('%s', (_name, story, why) => {
    expect(resendOf(story)).toBe(why);
  });

  it.each([
    '/files',
    '/batches',
    '/fine_tuning/jobs',
    '/vector_stores',
    '/threads/thread_1/runs',
    '/responses/resp_1/cancel',
    '/videos',
    '/unheard/of',
  ])('%s, which may make something that stays', (endpoint) => {
    expect(sent({ a: 1 }, endpoint)).toBe('lasting');
  });
});

describe('one is asked first where the provider may do more than answer', () => {
  const functions = [{ type: 'function', function: { name: 'f' } }];
  it.each([
    ['a chat', CHAT, '/chat/completions', false],
    ['a chat that is kept', { ...CHAT, store: true }, '/chat/completions', true],
    ['functions of the client', { ...CHAT, tools: functions }, '/chat/completions', false],
    [
      'tools of a client of Anthropic',
      { ...CHAT, tools: [{ name: 'f', input_schema: {} }] },
      '/messages',
      false,
    ],
    ['functions at Google', { tools: [{ functionDeclarations: [] }] }, '/models/g:generateContent', false],
    ['a tool at Google', { tools: [{ codeExecution: {} }] }, '/models/g:generateContent', true],
    ['a response', { model: 'm', input: 'x' }, '/responses', true],
    ['a response that is not kept', { model: 'm', input: 'x', store: false }, '/responses', false],
    ['one in the background', { input: 'x', store: false, background: true }, '/responses', true],
    ['a conversation', { input: 'x', store: false, conversation: 'conv_1' }, '/responses', true],
    ['a tool of the provider', { input: 'x', store: false, tools: [{ type: 'mcp' }] }, '/responses', true],
    ['servers of tools', { ...CHAT, mcp_servers: [{}] }, '/messages', true],
    ['tools that are no list', { ...CHAT, tools: 'all' }, '/chat/completions', true],
  ])('%s', (_name, body, endpoint, mayLast) => {
    expect(sent(body, endpoint)).toMatchObject({ mayLast });
  });
});
