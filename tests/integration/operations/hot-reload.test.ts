import { appendFile, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { connectRaw } from '../../support/raw-client';
import { chatCompletion, reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import {
  ADMIN_TOKEN,
  chat,
  envFile,
  keyRow,
  databaseFile,
  secretKey,
  TOKEN,
  useParts,
  type Load,
} from './support';

/** What a changed file has to take effect. */
const EFFECT_MS = 2_000;
/** The same for what takes something away: it has to stay so for 5 s. */
const GONE_MS = 5_000 + EFFECT_MS;

const parts = useParts();
let upstream: ScriptedUpstream;
let settings: Record<string, unknown>;
let server: RunningServer;
let load: Load;

/** A healthy answer after a moment, so that eight loops do not use up the machine. */
const paced: typeof reply.healthy = async (request, response) => {
  await delay(4);
  return reply.healthy(request, response);
};

beforeEach(async () => {
  upstream = await parts.upstream();
  upstream.fallbackReply = paced;
  settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: [secretKey('aaa'), secretKey('bbb')],
    ALLOWED_TOKENS: [TOKEN],
    AUTH_TOKEN: ADMIN_TOKEN,
  };
  // One of its own for each test: what a test took away from the former one's file would have to wait.
  server = await parts.server({ envFile: envFile(settings) });
});

async function putUnderLoad(more: Record<string, unknown> = {}): Promise<void> {
  const from = server.stdout().length;
  await change(more);
  if (Object.keys(more).length > 0) await server.waitForOutput(/settings applied/, { from });
  await waitFor(async () => (await chat(server.url)).status === 200 && upstream.requests.length > 0, {
    what: 'the server to ask the upstream of this test',
  });
  load = parts.load(server);
  await load.more(20);
}

async function change(more: Record<string, unknown>): Promise<void> {
  settings = { ...settings, ...more };
  await server.writeEnvFile(envFile(settings));
}

const inEffect = (predicate: () => boolean | Promise<boolean>, what: string, timeoutMs = EFFECT_MS) =>
  waitFor(predicate, { timeoutMs, intervalMs: 20, what });

async function expectNoFailure(): Promise<void> {
  await load.stop();
  expect(load.failures).toEqual([]);
}

describe('a changed settings file takes effect within two seconds, or in five more, without a failed request', () => {
  it('API_KEYS: an added key is used and a removed one is not', async () => {
    await putUnderLoad();
    await change({ API_KEYS: [secretKey('aaa'), secretKey('ccc')] });
    await inEffect(() => upstream.requestsOf(secretKey('ccc')).length > 0, 'the added key to be used');
    await load.more(0);
    const usesOfRemoved = upstream.requestsOf(secretKey('bbb')).length;
    expect(usesOfRemoved).toBeGreaterThan(0);
    const usesOfKept = upstream.requestsOf(secretKey('aaa')).length;
    await load.more(50);
    expect(upstream.requestsOf(secretKey('bbb'))).toHaveLength(usesOfRemoved);
    expect(upstream.requestsOf(secretKey('aaa')).length).toBeGreaterThan(usesOfKept);
    await expectNoFailure();
  });

  it('MAX_FAILURES: a key is disabled by the new number of failures', async () => {
    const from = server.stdout().length;
    await putUnderLoad({ MAX_FAILURES: 50, API_KEYS: ['aaa', 'bbb', 'ccc'].map(secretKey) });
    upstream.forKey(secretKey('bbb'), reply.error(401));
    await upstream.waitForRequest(({ key }) => key === secretKey('bbb'));
    await load.more(20);
    expect(server.stdout().slice(from)).not.toContain('key disabled');
    upstream.forKey(secretKey('bbb'), paced);
    const changedAt = server.stdout().length;
    await change({ MAX_FAILURES: 1 });
    await server.waitForOutput(/settings applied/, { from: changedAt, timeoutMs: EFFECT_MS });
    upstream.forKey(secretKey('ccc'), reply.error(401));
    await server.waitForOutput(/key disabled/, { from });
    await waitFor(() => keyRow(databaseFile(server), 'ccc')?.isDisabled === 1, {
      what: 'the state to be kept',
    });
    await expectNoFailure();
  });

  it('MAX_RETRIES: a request gives up after the new number of attempts', async () => {
    await putUnderLoad({
      MAX_RETRIES: 0,
      PROVIDERS_CONFIG: [
        {
          name: 'Limited',
          path: 'limited',
          base_url: upstream.baseUrl,
          api_keys: ['ddd', 'eee', 'fff'].map(secretKey),
        },
      ],
    });
    for (const name of ['ddd', 'eee', 'fff'])
      upstream.forKey(secretKey(name), reply.rateLimited({ retryAfter: '0' }));
    const attemptsOf = async () => {
      const before = upstream.requests.length;
      // Every model has cooldowns of its own, so each request finds rested keys.
      const model = `gpt-${before}-${Math.random()}`;
      await chat(server.url, { path: '/limited/v1', model });
      return upstream.requests.filter(({ body }) => body.includes(model)).length;
    };
    expect(await attemptsOf()).toBe(1);
    await change({ MAX_RETRIES: 2 });
    await inEffect(async () => (await attemptsOf()) === 3, 'a request to be tried three times');
    await expectNoFailure();
  });

  it('FILTERED_MODELS: a model is refused and no longer listed, and comes back', async () => {
    await putUnderLoad();
    const listed = async () => {
      const response = await fetch(`${server.url}/v1/models`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      return (await response.json()) as { data: { id: string }[] };
    };
    const ids = async () => (await listed()).data.map(({ id }) => id);
    expect(await ids()).toContain('gpt-4o-mini');
    await change({ FILTERED_MODELS: ['gpt-4o-mini'] });
    await inEffect(
      async () => (await chat(server.url, { model: 'gpt-4o-mini' })).status === 404,
      'a refusal',
    );
    expect(await ids()).toEqual(['gpt-test']);
    await change({ FILTERED_MODELS: [] });
    await inEffect(
      async () => (await chat(server.url, { model: 'gpt-4o-mini' })).status === 200,
      'an answer',
      GONE_MS,
    );
    expect(await ids()).toContain('gpt-4o-mini');
    await expectNoFailure();
  });

  it('ALLOWED_TOKENS: a new token is let in and a removed one is not', async () => {
    const leaving = 'sk-client-that-leaves';
    const coming = 'sk-client-that-comes';
    await putUnderLoad({ ALLOWED_TOKENS: [TOKEN, leaving] });
    expect((await chat(server.url, { token: leaving })).status).toBe(200);
    expect((await chat(server.url, { token: coming })).status).toBe(401);
    await change({ ALLOWED_TOKENS: [TOKEN, coming] });
    await inEffect(
      async () => (await chat(server.url, { token: coming })).status === 200,
      'the token to be let in',
    );
    // 429 if this address has sent too many wrong ones by now.
    expect([401, 429]).toContain((await chat(server.url, { token: leaving })).status);
    await expectNoFailure();
  });

  it('PROVIDERS_CONFIG: a provider is added, moved to another address and removed', async () => {
    const [first, second] = [await parts.upstream(), await parts.upstream()];
    const provider = (target: ScriptedUpstream) => [
      { name: 'Extra', path: 'extra', base_url: target.baseUrl, api_keys: [secretKey('xxx')] },
    ];
    await putUnderLoad();
    const statusOfExtra = async () => (await chat(server.url, { path: '/extra/v1' })).status;
    expect(await statusOfExtra()).toBe(404);
    await change({ PROVIDERS_CONFIG: provider(first) });
    await inEffect(async () => (await statusOfExtra()) === 200, 'the provider to be there');
    const extraLoad = parts.load(server, { path: '/extra/v1', loops: 2 });
    await extraLoad.more(4);

    await change({ PROVIDERS_CONFIG: provider(second) });
    await inEffect(() => second.requests.length > 0, 'the provider to be asked at its new address');
    await extraLoad.more(0);
    const asked = first.requests.length;
    await extraLoad.more(10);
    expect(first.requests).toHaveLength(asked);
    await extraLoad.stop();
    expect(extraLoad.failures).toEqual([]);

    await change({ PROVIDERS_CONFIG: [] });
    await inEffect(async () => (await statusOfExtra()) === 404, 'the provider to be gone', GONE_MS);
    await expectNoFailure();
  });
});

describe('a changed settings file leaves alone what it does not concern', () => {
  it('keeps cooldowns, failures and disabled keys through every reload', async () => {
    upstream.forKey(secretKey('aaa'), reply.rateLimited({ retryAfter: '60' }));
    upstream.forKey(secretKey('ccc'), reply.error(401));
    await putUnderLoad({ MAX_FAILURES: 1, API_KEYS: ['aaa', 'ccc', 'ddd'].map(secretKey) });
    await upstream.waitForRequest(({ key }) => key === secretKey('aaa'));
    await upstream.waitForRequest(({ key }) => key === secretKey('ccc'));
    await load.more(0);
    // Requests that were on their way at the same time have got their answer too.
    const uses = () => ['aaa', 'ccc'].map((name) => upstream.requestsOf(secretKey(name)).length);
    const usesBefore = uses();

    for (const [index, name] of ['eee', 'fff', 'ggg'].entries()) {
      const API_KEYS = ['aaa', 'ccc', 'ddd', name].map(secretKey);
      await change({ API_KEYS, MAX_RETRIES: index + 3, COOLDOWN_SECONDS: index + 1 });
      await inEffect(() => upstream.requestsOf(secretKey(name)).length > 0, `key ${name} to be used`);
    }
    await load.more(50);
    expect(uses()).toEqual(usesBefore);
    await waitFor(() => keyRow(databaseFile(server), 'ccc')?.isDisabled === 1, {
      what: 'the state to be kept',
    });
    await expectNoFailure();
  });

  it('lets a stream that is under way run to its end with what it began with', async () => {
    const stream = reply.sseControlled();
    await putUnderLoad();
    await load.stop();
    upstream.fallbackReply = stream.reply;
    const streaming = chat(server.url, { stream: true });
    await stream.opened;
    const other = await parts.upstream();
    await change({
      BASE_URL: other.baseUrl,
      API_KEYS: [secretKey('ccc'), secretKey('ddd')],
      ALLOWED_TOKENS: ['sk-client-that-comes'],
    });
    await inEffect(
      async () => (await chat(server.url, { token: 'sk-client-that-comes' })).status === 200,
      'a reload',
    );
    stream.write('data: {"choices":[{"delta":{"content":"late"}}]}\n\n');
    stream.write('data: [DONE]\n\n');
    stream.end();
    const { status, text } = await streaming;
    expect(status).toBe(200);
    expect(text).toContain('late');
    expect(text).toContain('[DONE]');
  });
});

describe('a broken value in the settings file', () => {
  it('keeps the value before it, is reported by name without secrets, and heals when it is corrected', async () => {
    const leaked = 'sk-this-must-not-leak-0123456789';
    await putUnderLoad();
    const from = server.stdout().length;
    await change({
      MAX_RETRIES: 'banana',
      API_KEYS: `["${leaked} with-a-space"]`,
      PROVIDERS_CONFIG: `[{"name":"Broken","path":"broken","base_url":"nonsense","api_keys":["${leaked}"]}]`,
      BASE_URL: `ftp://user:${leaked}@127.0.0.1/v1`,
      FILTERED_MODELS: ['gpt-4o-mini'],
    });
    for (const name of ['MAX_RETRIES', 'API_KEYS', 'PROVIDERS_CONFIG', 'BASE_URL']) {
      await server.waitForOutput(new RegExp(`"msg":"${name}`), { from, timeoutMs: EFFECT_MS });
    }
    await inEffect(
      async () => (await chat(server.url, { model: 'gpt-4o-mini' })).status === 404,
      'the good value among the broken ones to be applied',
    );
    await load.more(50);
    const used = new Set(upstream.requests.map(({ key }) => key));
    expect([...used].sort()).toEqual([secretKey('aaa'), secretKey('bbb')]);
    expect(server.stdout()).toContain('banana');
    expect(server.stdout()).not.toContain(leaked);

    await change({
      MAX_RETRIES: 1,
      API_KEYS: [secretKey('ccc')],
      PROVIDERS_CONFIG: [],
      BASE_URL: upstream.baseUrl,
    });
    await inEffect(
      () => upstream.requestsOf(secretKey('ccc')).length > 0,
      'the corrected value to be applied',
    );
    await expectNoFailure();
  });

  it('changes nothing when the file vanishes or cannot be parsed as settings at all', async () => {
    await putUnderLoad();
    await server.writeEnvFile('\u0000\u0001 this is { not a settings file\n==\n');
    await change({ API_KEYS: [secretKey('ccc')] });
    await inEffect(
      () => upstream.requestsOf(secretKey('ccc')).length > 0,
      'the next good file to be applied',
      GONE_MS,
    );
    await expectNoFailure();
  });
});

describe('API_KEYS and BASE_URL that change together', () => {
  const oldKeys = ['aaa', 'bbb'].map(secretKey);
  const newKeys = ['yyy', 'zzz'].map(secretKey);
  let other: ScriptedUpstream;

  beforeEach(async () => {
    other = await parts.upstream();
    other.fallbackReply = paced;
  });

  const keysSeenBy = (seen: ScriptedUpstream) => [...new Set(seen.requests.map(({ key }) => key))].sort();

  it('never mix under load: no key goes to an address that it is not for', async () => {
    await putUnderLoad();
    for (let round = 0; round < 3; round += 1) {
      const seenByOther = other.requests.length;
      await change({ BASE_URL: other.baseUrl, API_KEYS: newKeys });
      await inEffect(() => other.requests.length > seenByOther, 'the new address to be used');
      const seenByFirst = upstream.requests.length;
      await change({ BASE_URL: upstream.baseUrl, API_KEYS: oldKeys });
      await inEffect(() => upstream.requests.length > seenByFirst + 8, 'the old address to be used again');
    }
    await expectNoFailure();
    expect(keysSeenBy(upstream)).toEqual(oldKeys);
    expect(keysSeenBy(other)).toEqual(newKeys);
  });

  const models = () => fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${TOKEN}` } });

  it.each([
    ['a request', () => chat(server.url)],
    ['a list of models', models],
  ])('never mix for %s that is being tried again meanwhile', async (_what, ask) => {
    let letFail: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letFail = resolve));
    await putUnderLoad();
    await load.stop();
    let isHeld = false;
    upstream.fallbackReply = (request, response) => {
      if (isHeld) return paced(request, response);
      isHeld = true;
      return reply.slowHeaders(gate, reply.error(500))(request, response);
    };
    const before = upstream.requests.length;
    const answer = ask();
    await upstream.waitForRequest((request) => upstream.requests.indexOf(request) >= before);
    await change({ BASE_URL: other.baseUrl, API_KEYS: newKeys });
    await inEffect(
      async () => (await chat(server.url)).status === 200 && other.requests.length > 0,
      'the reload',
    );
    letFail();
    expect((await answer).status).toBe(200);
    expect(keysSeenBy(upstream)).toEqual(oldKeys);
    expect(keysSeenBy(other).every((key) => newKeys.includes(key ?? ''))).toBe(true);
  });

  it('never mix for a request whose body is still coming in', async () => {
    await putUnderLoad();
    await load.stop();
    const body = JSON.stringify({ model: 'gpt-test', messages: [] });
    const client = await connectRaw(server.url);
    await client.send(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`,
    );
    await client.waitFor((text) => text.includes('100 Continue'));
    await change({ BASE_URL: other.baseUrl, API_KEYS: newKeys });
    await inEffect(
      async () => (await chat(server.url)).status === 200 && other.requests.length > 0,
      'the reload',
    );
    await client.send(body);
    await client.waitFor((text) => text.includes(JSON.stringify(chatCompletion()).slice(0, 20)));
    client.destroy();
    expect(keysSeenBy(upstream)).toEqual(oldKeys);
    expect(keysSeenBy(other).every((key) => newKeys.includes(key ?? ''))).toBe(true);
  });
});

it('no new key goes to the former address when the file is written in place, line by line', async () => {
  const other = await parts.upstream();
  const { BASE_URL, ...rest } = settings;
  const own = await parts.server({ env: { BASE_URL: String(BASE_URL) }, envFile: envFile(rest) });
  await writeFile(own.envFilePath, envFile({ ...rest, API_KEYS: [secretKey('new'), secretKey('newer')] }));
  await own.waitForOutput(/API_KEYS.*acts when it has stayed so for 2 s/);
  expect((await chat(own.url)).status).toBe(200);
  await appendFile(own.envFilePath, `BASE_URL=${other.baseUrl}\n`);
  await waitFor(async () => (await chat(own.url)).status === 200 && other.requests.length > 0, {
    what: 'the new address to be asked',
  });
  for (const name of ['new', 'newer']) expect(upstream.requestsOf(secretKey(name))).toEqual([]);
});
