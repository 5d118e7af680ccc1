import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  chatCompletion,
  reply,
  startScriptedUpstream,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { ADMIN_TOKEN, CLIENT_TOKEN, inProductionMode, type ServedProgram } from './faces';

interface LogItem {
  readonly id: string;
  readonly requestId: string;
  readonly upstreamId: string | null;
}

inProductionMode('the two ids of a request', (start) => {
  let upstream: ScriptedUpstream;
  let server: ServedProgram;
  let client: OpenAI;
  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({ BASE_URL: upstream.baseUrl, API_KEYS: ['sk-a', 'sk-b'] });
    client = new OpenAI({ apiKey: CLIENT_TOKEN, maxRetries: 0, baseURL: `${server.url}/v1` });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  const chat = () =>
    client.chat.completions.create({ model: 'gpt-test', messages: [{ role: 'user', content: 'hi' }] });
  const admin = async (path: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    return (await fetch(`${server.url}/api/admin/logs/${path}`, { headers })).json();
  };
  const found = async (kind: 'requests' | 'errors', text: string): Promise<readonly LogItem[]> =>
    ((await admin(`${kind}?text=${text}`)) as { readonly items: readonly LogItem[] }).items;

  it('are on its answer, ours where the SDK looks for it, and each finds it in the log', async () => {
    const failed = reply.error(500, {}, { 'x-request-id': 'up-failed-1' });
    const answered = reply.json(200, chatCompletion(), { 'x-request-id': 'up-answered-2' });
    upstream.fallbackReply = (request, response) =>
      (upstream.requests.length === 1 ? failed : answered)(request, response);
    const { response, request_id } = await chat().withResponse();
    const ours = request_id ?? '';
    expect(ours).toMatch(/^req_/);
    expect(response.headers.get('x-upstream-request-id')).toBe('up-answered-2');

    const [row] = await found('requests', 'up-answered-2');
    expect(row).toMatchObject({ requestId: ours, upstreamId: 'up-answered-2' });
    expect(await found('requests', ours)).toEqual([row]);
    // What a provider's support is asked about is what failed there.
    const [error] = await found('errors', 'up-failed-1');
    expect(error).toMatchObject({ requestId: ours, upstreamId: 'up-failed-1' });
    expect(await admin(row?.id ?? '')).toMatchObject({
      attempts: [{ upstreamId: 'up-failed-1' }, { upstreamId: 'up-answered-2' }],
    });
  });

  it('are on an error that is passed on', async () => {
    const told = { type: 'invalid_request_error', code: 'bad' };
    upstream.fallbackReply = reply.error(400, told, { 'x-request-id': 'up-refused-3' });
    const error = (await chat().catch((reason: unknown) => reason)) as InstanceType<typeof OpenAI.APIError>;
    expect(error.requestID).toMatch(/^req_/);
    expect(error.headers?.get('x-upstream-request-id')).toBe('up-refused-3');
    expect(await found('requests', 'up-refused-3')).toMatchObject([{ requestId: error.requestID }]);
  });

  it('may be named otherwise: Anthropic’s passes as it came, and its SDK shows it', async () => {
    upstream.fallbackReply = reply.json(
      200,
      { type: 'message', content: [] },
      { 'request-id': 'req_anthropic_4' },
    );
    const answer = await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': CLIENT_TOKEN, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'claude', messages: [] }),
    });
    await answer.text();
    expect(answer.headers.get('request-id')).toBe('req_anthropic_4');
    const [row] = await found('requests', 'req_anthropic_4');
    expect(row).toMatchObject({ requestId: answer.headers.get('x-request-id') });
  });
});
