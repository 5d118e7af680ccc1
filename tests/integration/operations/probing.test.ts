import { beforeEach, describe, expect, it } from 'vitest';
import { Pool } from '../../../lib/balancer/pool/pool';
import { DIRECT } from '../../../lib/balancer/egress/binding';
import { Egresses } from '../../../lib/balancer/egress/egresses';
import { SILENT } from '../../../lib/balancer/events';
import type { GatewayProvider } from '../../../lib/gateway/config';
import type { ProbeReport } from '../../../lib/probing/keys/probe-report';
import { Tasks } from '../../../lib/tasks/tasks';
import { createKeyProber } from '../../../lib/probing/keys/key-probing';
import { systemClock, systemRandom } from '../../../lib/process/system-ports';
import { UpstreamClient } from '../../../lib/upstream/client';
import {
  reply,
  type RecordedRequest,
  type Reply,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { chat, databaseFile, envFile, keyRow, secretKey, TOKEN, useParts } from './support';

const OFTEN = '0.001';
const GOOD = secretKey('aaa');
const BAD = secretKey('bbb');

const parts = useParts();
let upstream: ScriptedUpstream;

const isModels = ({ url }: RecordedRequest) => url.endsWith('/models');
const isChat = ({ url }: RecordedRequest) => url.endsWith('/chat/completions');

/** Answers differently to the list of models and to everything else. */
const split =
  (models: Reply, others: Reply): Reply =>
  (request, response) =>
    (isModels(request) ? models : others)(request, response);

const rejected = (message: string, status = 401): Reply =>
  reply.error(status, { message, type: 'invalid_request_error', code: 'invalid_api_key' });

beforeEach(async () => {
  upstream = await parts.upstream();
  upstream.fallbackReply = rejected('Who are you?');
  upstream.forKey(GOOD, reply.healthy);
});

function settings(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    BASE_URL: upstream.baseUrl,
    API_KEYS: [GOOD, BAD],
    ALLOWED_TOKENS: [TOKEN],
    MAX_FAILURES: '1',
    CHECK_INTERVAL_HOURS: OFTEN,
    ...more,
  };
}

/** A server that has disabled the bad key, which is answered so from then on. */
async function serverWithDisabledKey(
  after: Reply,
  more: Record<string, unknown> = {},
): Promise<RunningServer> {
  const server = await parts.server({ envFile: envFile(settings(more)) });
  upstream.forKey(BAD, rejected('first words'), after);
  await disabled(server, 'bbb');
  return server;
}

/** Sends traffic until the keys are disabled. */
async function disabled(server: RunningServer, ...names: string[]): Promise<void> {
  await waitFor(
    async () => {
      await chat(server.url);
      return names.every((name) => keyOf(server, name)?.isDisabled === 1);
    },
    { what: 'the bad keys to be disabled' },
  );
}

const keyOf = (server: RunningServer, name = 'bbb') => keyRow(databaseFile(server), name);
const jobRuns = (server: RunningServer, text: string) =>
  server
    .stdout()
    .split(/\n/)
    .filter((line) => line.includes('"job":"probe-keys"') && line.includes(text)).length;

describe('the scheduled probing', () => {
  it('brings a key back without a person once its provider takes it again, and traffic uses it', async () => {
    const server = await serverWithDisabledKey(reply.healthy);
    await server.waitForOutput(/key recovered/);
    await waitFor(() => keyOf(server)?.isDisabled === 0, { what: 'the recovery to be kept' });
    expect(keyOf(server)).toMatchObject({ failures: 0, reason: null });
    // The list is enough: nothing was bought for it.
    expect(upstream.requestsOf(BAD).filter(isChat)).toHaveLength(1);
    await Promise.all(Array.from({ length: 4 }, () => chat(server.url)));
    expect(upstream.requestsOf(BAD).filter(isChat).length).toBeGreaterThan(1);
  });

  it('keeps a key out that is still rejected, with the newest reason', async () => {
    const server = await serverWithDisabledKey(rejected('second words', 403));
    await waitFor(() => keyOf(server)?.reason?.includes('second words'), { what: 'the newest reason' });
    expect(keyOf(server)).toMatchObject({
      isDisabled: 1,
      reason: '403 invalid_api_key: second words',
    });
  });

  it('takes 429, 500 and a connection that breaks for no proof of anything', async () => {
    const cases = [
      { name: 'bbb', first: 401, after: reply.rateLimited() },
      { name: 'ccc', first: 402, after: reply.error(500) },
      { name: 'ddd', first: 403, after: reply.resetBeforeHeaders() },
    ];
    for (const { name, first, after } of cases) {
      upstream.forKey(secretKey(name), rejected('first words', first), after);
    }
    const keys = [GOOD, ...cases.map(({ name }) => secretKey(name))];
    const server = await parts.server({ envFile: envFile(settings({ API_KEYS: keys })) });
    await disabled(server, ...cases.map(({ name }) => name));
    await waitFor(() => jobRuns(server, '3 unproven') >= 2, { what: 'two probes of each' });
    for (const { name, first } of cases) {
      expect(keyOf(server, name)).toMatchObject({
        isDisabled: 1,
        reason: `${first} invalid_api_key: first words`,
      });
      expect(upstream.requestsOf(secretKey(name)).filter(isChat)).toHaveLength(1);
    }
  });

  it('is not fooled by a list of models that everybody may read', async () => {
    upstream.fallbackReply = split(reply.healthy, rejected('Who are you?'));
    const server = await serverWithDisabledKey(split(reply.healthy, rejected('third words')), {
      TEST_MODEL: 'gpt-probe',
    });
    await waitFor(() => keyOf(server)?.reason?.includes('third words'), { what: 'the newest reason' });
    expect(keyOf(server)?.isDisabled).toBe(1);
    const [, probe] = upstream.requestsOf(BAD).filter(isChat);
    expect(JSON.parse(String(probe?.body))).toMatchObject({ model: 'gpt-probe', max_tokens: 1 });

    upstream.forKey(BAD, reply.healthy);
    await server.waitForOutput(/key recovered/);
  });

  it('asks each provider only, with its own keys, headers and test model', async () => {
    const other = await parts.upstream();
    const otherKeys = [secretKey('ccc'), secretKey('ddd')];
    other.fallbackReply = rejected('Who are you?');
    other.forKey(otherKeys[0]!, reply.healthy).forKey(otherKeys[1]!, rejected('no'));
    const server = await serverWithDisabledKey(split(reply.error(404), rejected('no')), {
      CUSTOM_HEADERS: { 'X-Team': 'blue' },
      PROVIDERS_CONFIG: [
        {
          name: 'Other',
          path: 'other',
          base_url: other.baseUrl,
          api_keys: otherKeys,
          custom_headers: { 'X-Other': 'yes' },
          test_model: 'other-model',
          max_failures: 1,
        },
      ],
    });
    await waitFor(
      async () => {
        await chat(server.url, { path: '/other/v1' });
        return keyOf(server, 'ddd')?.isDisabled === 1;
      },
      { what: 'the other bad key to be disabled' },
    );
    other.forKey(otherKeys[1]!, split(reply.error(404), rejected('no')));

    const probe = await other.waitForRequest(
      (request) => isChat(request) && String(request.body).includes('other-model'),
    );
    await upstream.waitForRequest(
      (request) => isChat(request) && String(request.body).includes('max_tokens'),
    );
    expect(probe.headers).toMatchObject({ 'x-team': 'blue', 'x-other': 'yes' });
    expect(upstream.requestsOf(BAD).every(({ headers }) => headers['x-team'] === 'blue')).toBe(true);
    const keysAt = ({ requests }: ScriptedUpstream) => new Set(requests.map(({ key }) => key));
    for (const key of otherKeys) expect(keysAt(upstream)).not.toContain(key);
    for (const key of [GOOD, BAD]) expect(keysAt(other)).not.toContain(key);
  });

  it('is off at 0 and begins when the setting says so, without a restart', async () => {
    const server = await serverWithDisabledKey(reply.healthy, { CHECK_INTERVAL_HOURS: '0' });
    expect(upstream.requestsOf(BAD)).toHaveLength(1);
    await server.writeEnvFile(envFile(settings({ CHECK_INTERVAL_HOURS: OFTEN })));
    await server.waitForOutput(/key recovered/);
  });

  it('does not hold up the end of the program', async () => {
    const server = await serverWithDisabledKey(reply.stall());
    const probe = await upstream.waitForRequest((request) => isModels(request) && request.key === BAD);
    expect(await server.stop()).toMatchObject({ code: 0 });
    await probe.closed;
    expect(probe.wasAborted()).toBe(true);
  });
});

describe('verifying many keys', () => {
  const names = Array.from({ length: 40 }, (_, i) => secretKey(String(100 + i)));

  function start() {
    const pool = new Pool(
      {
        provider: 'main',
        maxFailures: 1,
        cooldownMs: 1_000,
        maxRetries: 0,
        policy: 'round_robin',
        egress: DIRECT,
      },
      systemRandom,
      SILENT,
      new Egresses(systemRandom, SILENT),
    );
    pool.setKeys(
      names.map((secret, i) => ({ keyId: `k${i}`, secret, hint: `...${secret.slice(-3)}`, weight: 1 })),
      () => undefined,
    );
    const provider: GatewayProvider = {
      slug: 'main',
      isEnabled: true,
      pool,
      target: {
        provider: 'main',
        baseUrl: upstream.baseUrl,
        customHeaders: {},
        timeoutMs: 10_000,
        idleTimeoutMs: 10_000,
      },
      fallbacks: [],
      modelRequestKey: undefined,
      testModel: 'gpt-test',
    };
    const tasks = new Tasks({
      now: () => systemClock.now(),
      onListenerError: (error) => expect.fail(String(error)),
    });
    const client = new UpstreamClient();
    const prober = createKeyProber({
      clock: systemClock,
      random: systemRandom,
      tasks,
      gateway: { config: { providers: new Map([['main', provider]]) } as never },
      upstream: client,
    });
    return { pool, tasks, client, prober };
  }

  it('shows its progress and tells how all of them fared', async () => {
    const { pool, tasks, client, prober } = start();
    for (const [i, name] of names.entries()) {
      upstream.forKey(name, i % 4 === 0 ? rejected(`Incorrect API key: ${name}`) : reply.healthy);
    }
    const seen: number[] = [];
    tasks.subscribe(({ done }) => void seen.push(done));
    const status = await tasks.finished(prober.verify({ kind: 'provider', provider: 'main' }));
    expect(status).toMatchObject({ state: 'succeeded', done: 40, total: 40 });
    expect(new Set(seen).size).toBe(41);
    const report = status?.result as ProbeReport;
    expect(report).toMatchObject({ probed: 40, alive: 30, rejected: 10, disabled: 10 });
    expect(report.groups.map(({ text, count }) => [text, count])).toEqual([
      ['may list the models', 30],
      ['401 invalid_api_key: Incorrect API key: (key)', 10],
    ]);
    expect(JSON.stringify(report)).not.toContain(names[0]);
    expect(pool.candidates).toBe(30);
    await client.close();
  });

  it('ends at once when it is cancelled, and so do its requests', async () => {
    const { tasks, client, prober } = start();
    upstream.fallbackReply = reply.stall();
    const id = prober.verify({ kind: 'provider', provider: 'main' });
    await waitFor(() => upstream.requests.length === 4, { what: 'four probes' });
    tasks.cancel(id);
    const status = await tasks.finished(id);
    expect(status).toMatchObject({ state: 'cancelled', done: 0, total: 40 });
    await Promise.all(upstream.requests.map(({ closed }) => closed));
    expect(upstream.requests.every((request) => request.wasAborted())).toBe(true);
    expect(upstream.requests).toHaveLength(4);
    await client.close();
  });
});
