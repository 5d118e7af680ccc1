import { beforeEach, describe, expect, it } from 'vitest';
import type { Dialed } from '../../../../lib/balancer/attempts/transport';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { KeyProbe, type ProbedProvider } from '../../../../lib/probing/keys/key-probe';
import { ANSWER } from '../../../../lib/balancer/facts';
import { readAnswer } from '../../../../lib/openai/answer/answer-facts';
import type { UpstreamAnswer } from '../../../../lib/upstream/answer/answer';
import type { UpstreamRequest } from '../../../../lib/upstream/target';
import { answered, keyOf, poolOf, START_MS, use } from '../../balancer/support';
import { answerOf, type AnswerScript } from '../../upstream/answers';

const MINUTE_MS = 60_000;
type Script = Outcome | AnswerScript;

const json = (status: number, body: unknown): Script => ({ status, body: JSON.stringify(body) });
const failed = (status: number, code: string, message = 'no'): Script =>
  json(status, { error: { message, code } });
const LIST = json(200, { object: 'list', data: [{ id: 'gpt-test' }] });
const COMPLETION = json(200, { object: 'chat.completion', choices: [{ message: { content: 'H' } }] });
const REFUSED = failed(401, 'invalid_api_key');
const DOWN: Outcome = { kind: 'dial_failed', at: 'upstream', message: 'ECONNREFUSED' };

interface Ask {
  readonly secret: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

let now: number;
let pool: Pool;
let provider: ProbedProvider;
let probe: KeyProbe;
/** What the upstream answers: to the key's asking for models, to anybody's, and to chats in turn. */
let models: Script;
let publicModels: Script;
let chats: Script[];
let asks: Ask[];
let aborted: number;
let onAsk: () => void;

beforeEach(() => {
  now = START_MS;
  pool = poolOf('ab', { maxFailures: 1 });
  provider = { isEnabled: true, pool, baseUrl: 'http://upstream/v1', testModel: 'gpt-test' };
  models = LIST;
  publicModels = REFUSED;
  chats = [COMPLETION];
  asks = [];
  aborted = 0;
  onAsk = () => undefined;
  probe = new KeyProbe({ now: () => now, dial: (_pool, key, request) => dial(key.secret, request) });
});

async function dial(
  secret: string,
  { path, body, expects }: UpstreamRequest,
): Promise<Dialed<UpstreamAnswer>> {
  asks.push({
    secret,
    path,
    body: body === undefined ? {} : (JSON.parse((body as Buffer).toString()) as Ask['body']),
  });
  onAsk();
  const ofModels = secret.startsWith('SECRET') ? models : publicModels;
  const script = path === '/models' ? ofModels : (chats.length > 1 ? chats.shift() : chats[0])!;
  if ('kind' in script) return { outcome: script, answer: undefined };
  const answer = answerOf({ ...script, onAbort: () => (aborted += 1) });
  return { outcome: outcomeOf(script, expects === 'answer'), answer };
}

/** What the transport makes of it. Where an answer is expected, it looks into a 200. */
function outcomeOf(
  { status, headers = {}, body, isEventStream, isCut }: AnswerScript,
  isChat: boolean,
): Outcome {
  const isOpaque = isEventStream === true || headers['content-encoding'] !== undefined;
  if (status < 300 && (!isChat || isOpaque || body.includes('"choices":['))) {
    return { kind: 'answer', status, facts: ANSWER };
  }
  if (isCut === true) return { kind: 'lost', message: 'the answer broke off' };
  return { kind: 'answer', ...readAnswer({ status, headers, body }, now) };
}

const run = (keyId = 'a', signal = new AbortController().signal) =>
  probe.probe(provider, keyOf(pool, keyId), signal);
const paths = () =>
  asks.map(({ path, secret }) => `${secret.startsWith('SECRET') ? 'key' : 'anybody'} ${path}`);
const bodies = () => asks.filter(({ path }) => path !== '/models').map(({ body }) => body);

describe('listing the models', () => {
  it('proves a key alive where not everybody may, without a chat', async () => {
    expect(await run()).toEqual({ outcome: 'alive', by: 'models' });
    expect(paths()).toEqual(['key /models', 'anybody /models']);
    expect(asks[0]?.secret).toBe('SECRET-a');
  });

  it('asks for a provider’s openness once in ten minutes, and anew at another address', async () => {
    const asked = () => paths().filter((path) => path === 'anybody /models').length;
    await Promise.all([run('a'), run('b')]);
    now += 10 * MINUTE_MS - 1;
    await run();
    expect(asked()).toBe(1);
    now += 1;
    await run();
    expect(asked()).toBe(2);
    provider = { ...provider, baseUrl: 'http://elsewhere/v1' };
    await run();
    expect(asked()).toBe(3);
  });

  it('proves nothing where everybody may', async () => {
    publicModels = LIST;
    chats = [failed(401, 'invalid_api_key', 'Incorrect API key')];
    expect(await run()).toEqual({
      outcome: 'rejected',
      status: 401,
      reason: '401 invalid_api_key: Incorrect API key',
    });
  });

  it.each([
    ['a time-out', { kind: 'timeout', phase: 'headers' } as const],
    ['429', failed(429, 'rate_limit_exceeded')],
    ['500', failed(500, 'oops')],
  ])('is not trusted while nobody knows whether everybody may: %s', async (_what, script) => {
    publicModels = script;
    expect(await run()).toEqual({ outcome: 'alive', by: 'chat' });
    publicModels = REFUSED;
    now += MINUTE_MS;
    expect(await run()).toEqual({ outcome: 'alive', by: 'models' });
  });

  it.each([
    [401, 'invalid_api_key'],
    [403, 'account_suspended'],
    [402, 'payment_required'],
    [429, 'insufficient_quota'],
  ])('rejects a key with %i %s and keeps the reason', async (status, code) => {
    models = failed(status, code, 'You have to know');
    expect(await run()).toEqual({
      outcome: 'rejected',
      status,
      reason: `${status} ${code}: You have to know`,
    });
    expect(paths()).toEqual(['key /models']);
  });

  it.each<[string, Script, string]>([
    ['429', failed(429, 'rate_limit_exceeded'), '429 rate_limit_exceeded: no'],
    ['500', failed(500, 'oops'), '500 oops: no'],
    ['503 without a word', { status: 503, body: '' }, '503'],
    ['a time-out', { kind: 'timeout', phase: 'headers' }, 'no answer in time'],
    ['no connection', DOWN, 'ECONNREFUSED'],
    ['a lost connection', { kind: 'lost', message: 'reset' }, 'reset'],
  ])('proves nothing with %s, and no chat is tried then', async (_what, script, reason) => {
    models = script;
    expect(await run()).toEqual({ outcome: 'unproven', reason });
    expect(paths()).toEqual(['key /models']);
  });

  it.each<[string, Script]>([
    ['404', failed(404, 'not_found')],
    ['405', { status: 405, body: '' }],
    ['400', failed(400, 'bad_request')],
    ['a page of HTML', { status: 200, body: '<html>' }],
    ['an error with 200', json(200, { error: { message: 'no' } })],
    ['a body that breaks off', { status: 200, body: '{"data":[', isCut: true }],
  ])('leads to a chat with %s', async (_what, script) => {
    models = script;
    expect(await run()).toEqual({ outcome: 'alive', by: 'chat' });
    expect(paths()).toEqual(['key /models', 'key /chat/completions']);
  });

  it.each([
    ['forbidden', 'You have insufficient permissions. Missing scopes: api.model.read'],
    ['no_such_code', 'You lack the permission to see this'],
  ])('does not reject a key that only lacks the right to list: %s', async (code, message) => {
    models = failed(403, code, message);
    expect(await run()).toEqual({ outcome: 'alive', by: 'chat' });
  });

  it.each([401, 402, 403])(
    'rejects a key with a %i that no rule knows: there is no request to blame',
    async (status) => {
      models = failed(status, 'no_such_code');
      expect(await run()).toEqual({ outcome: 'rejected', status, reason: `${status} no_such_code: no` });
    },
  );

  it.each<[string, Script]>([
    [
      "a firewall's page",
      { status: 403, body: '<html><title>Attention Required! | Cloudflare</title></html>' },
    ],
    ['a region', failed(403, 'unsupported_country_region_territory')],
  ])('proves nothing about the key behind %s', async (_what, script) => {
    models = script;
    expect(await run()).toMatchObject({ outcome: 'unproven' });
  });

  it.each([
    ['insufficient_quota', 'You exceeded your current quota'],
    ['Arrearage', 'Access denied, please make sure your account is in good standing.'],
    ['1113', 'no'],
  ])('does not prove that an empty account has been filled: %s', async (code, message) => {
    use(pool, 'a', answered(429, {}, { code, message }), START_MS);
    expect(keyOf(pool, 'a').disabled).toBeDefined();
    chats = [failed(429, 'insufficient_quota', 'You exceeded your current quota')];
    expect(await run()).toMatchObject({ outcome: 'rejected', status: 429 });
  });
});

describe('a chat', () => {
  beforeEach(() => (models = failed(404, 'not_found')));

  it('asks the test model for one token', async () => {
    await run();
    expect(bodies()).toEqual([
      { model: 'gpt-test', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 },
    ]);
  });

  it('names and sizes the limit as the model wants it', async () => {
    chats = [
      failed(
        400,
        'unsupported_parameter',
        "'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
      ),
      failed(400, 'integer_below_min_value', "Invalid 'max_completion_tokens': expected a value >= 16"),
      COMPLETION,
    ];
    expect(await run()).toEqual({ outcome: 'alive', by: 'chat' });
    expect(bodies().map(({ model: _model, messages: _messages, ...limit }) => limit)).toEqual([
      { max_tokens: 1 },
      { max_completion_tokens: 1 },
      { max_completion_tokens: 16 },
    ]);
  });

  it('is tried three times at most', async () => {
    chats = [
      failed(400, 'x', 'max_tokens is not supported'),
      failed(400, 'x', 'max_completion_tokens is too small'),
      failed(400, 'x', 'max_completion_tokens must be at least 64'),
    ];
    expect(await run()).toEqual({
      outcome: 'unproven',
      reason: '400 x: max_completion_tokens must be at least 64',
    });
    expect(bodies()).toHaveLength(3);
  });

  it('that ran into its limit proves the key alive', async () => {
    chats = [failed(400, 'x', 'Could not finish the message because max_tokens was reached')];
    expect(await run()).toEqual({ outcome: 'alive', by: 'chat' });
  });

  it.each([
    [404, 'model_not_found'],
    [403, 'model_not_found'],
    [404, 'not_found'],
  ])('with a model that is not there (%i %s) says so and proves nothing', async (status, code) => {
    chats = [failed(status, code, 'The model does not exist')];
    expect(await run()).toEqual({
      outcome: 'unproven',
      reason: `cannot be tested with the model 'gpt-test': ${status} ${code}: The model does not exist`,
    });
  });

  it.each([
    [400, 'bad_request'],
    [429, 'rate_limit_exceeded'],
    [500, 'oops'],
  ])('proves nothing with %i', async (status, code) => {
    chats = [failed(status, code)];
    expect(await run()).toEqual({ outcome: 'unproven', reason: `${status} ${code}: no` });
  });

  it('rejects with an error that comes with 200', async () => {
    chats = [json(200, { error: { message: 'Incorrect key', code: 'invalid_api_key' } })];
    expect(await run()).toMatchObject({ outcome: 'rejected', status: 401 });
  });

  it('is not taken in by a page of HTML or half an answer', async () => {
    chats = [{ status: 200, body: '<html>' }];
    expect(await run()).toEqual({ outcome: 'unproven', reason: '500 a page of HTML' });
    chats = [{ status: 200, body: '{"choices":', isCut: true }];
    expect(await run()).toEqual({ outcome: 'unproven', reason: 'the answer broke off' });
  });

  it.each<[string, AnswerScript]>([
    ['a stream that nobody asked for', { status: 200, body: 'data: {}\n\n', isEventStream: true }],
    ['an encoded answer', { status: 200, body: '\u001f', headers: { 'content-encoding': 'gzip' } }],
  ])('takes %s for an answer', async (_what, script) => {
    chats = [script];
    expect(await run()).toEqual({ outcome: 'alive', by: 'chat' });
  });
});

it('shows the key’s hint where the upstream repeats the key', async () => {
  models = failed(401, 'invalid_api_key', 'Incorrect API key SECRET-a');
  expect(await run()).toMatchObject({ reason: '401 invalid_api_key: Incorrect API key sk-...a' });
});

it('gives up every answer that it does not read', async () => {
  models = failed(404, 'not_found');
  chats = [failed(500, 'oops')];
  await run();
  expect(aborted).toBe(2);
});

describe('is cancelled', () => {
  it('when the signal fires, without asking further', async () => {
    const abort = new AbortController();
    onAsk = () => abort.abort();
    models = failed(404, 'not_found');
    expect(await run('a', abort.signal)).toEqual({ outcome: 'cancelled' });
    expect(asks).toHaveLength(1);
    expect(await run('a', abort.signal)).toEqual({ outcome: 'cancelled' });
    expect(asks).toHaveLength(1);
  });

  it('when the key is taken away: it never goes to an address that came later', async () => {
    models = failed(404, 'not_found');
    onAsk = () => pool.setKeys([], () => undefined);
    const probing = run();
    expect(await probing).toEqual({ outcome: 'cancelled' });
    expect(asks).toHaveLength(1);
  });
});
