import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AlertItem } from '../../../lib/admin/contract/alerts';
import { parsePrometheus, sumOf } from '../../support/prometheus';
import { hangUp, reply, type RecordedRequest, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const SECRET = 'shared-secret-0123';
const PATHS = {
  json: '/json/very-secret',
  slack: '/slack/very-secret',
  discord: '/discord/very-secret',
  telegram: '/bot123456:ABC-def/sendMessage',
  ntfy: '/my-topic',
} as const;

let upstream: ScriptedUpstream;
let receiver: ScriptedUpstream;

beforeEach(async () => {
  upstream = await parts.upstream();
  receiver = await parts.upstream();
  receiver.fallbackReply = takes;
});

const takes = reply.bytes(200, Buffer.from('ok'));

const at = (path: string): string => receiver.baseUrl.replace(/\/v1$/, path);

function entry(kind: keyof typeof PATHS, given: Record<string, unknown> = {}): Record<string, unknown> {
  const own =
    kind === 'telegram'
      ? { url: at(''), token: '123456:ABC-def', chat_id: '-100123' }
      : { url: at(PATHS[kind]) };
  const rules = ['provider_down'];
  return { name: kind, kind, secret: SECRET, delay_seconds: 0, rules, ...own, ...given };
}

function start(
  receivers: readonly object[],
  more: { dataDir?: string; env?: Record<string, string>; settings?: Record<string, unknown> } = {},
): Promise<RunningServer> {
  const settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: ['aaa', 'bbb', 'ccc'].map(secretKey),
    ALLOWED_TOKENS: [TOKEN],
    AUTH_TOKEN: ADMIN_TOKEN,
    ALERT_RECEIVERS: receivers,
    ...more.settings,
  };
  const { dataDir, env = {} } = more;
  return parts.server({ env, envFile: envFile(settings), ...(dataDir !== undefined && { dataDir }) });
}

async function admin<T>(server: RunningServer, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${server.url}/api/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

const listed = async (server: RunningServer): Promise<AlertItem[]> =>
  (await admin<{ items: AlertItem[] }>(server, 'GET', '/alerts')).items;

const to = (path: string): RecordedRequest[] => receiver.requests.filter(({ url }) => url === path);

const bodyOf = ({ body }: RecordedRequest): string => body.toString('utf8');
const typesOf = (path: string): unknown[] =>
  to(path).map((request) => (JSON.parse(bodyOf(request)) as { type: unknown }).type);

/** Until the provider is known to be out. */
async function breakDown(server: RunningServer): Promise<void> {
  upstream.fallbackReply = reply.error(503);
  for (let request = 0; request < 8; request++) await chat(server.url);
}

async function recover(server: RunningServer): Promise<void> {
  upstream.fallbackReply = reply.healthy;
  await waitFor(async () => (await chat(server.url)).status === 200, { what: 'the provider to be back' });
}

function expectSigned(request: RecordedRequest): void {
  const timestamp = String(request.headers['x-balance-timestamp']);
  const digest = createHmac('sha256', SECRET).update(`${timestamp}.`).update(request.body).digest('hex');
  expect(request.headers['x-balance-signature']).toBe(`v1=${digest}`);
  expect(Math.abs(Number(timestamp) * 1_000 - request.at)).toBeLessThan(60_000);
}

describe('a provider that is down', () => {
  it('is told to each kind of receiver once, signed, and once again when it is back', async () => {
    const server = await start(Object.keys(PATHS).map((kind) => entry(kind as keyof typeof PATHS)));
    await breakDown(server);
    const paths = Object.values(PATHS);
    await waitFor(() => paths.every((path) => to(path).length > 0), { what: 'all to be told' });
    const { items } = await admin<{ items: { kind: string }[] }>(server, 'GET', '/stats/attention');
    expect(items).toMatchObject([{ kind: 'provider' }]);
    await recover(server);
    await waitFor(() => paths.every((path) => to(path).length > 1), { what: 'all to be told of the end' });

    expect(paths.map((path) => to(path).length)).toEqual([2, 2, 2, 2, 2]);
    for (const request of receiver.requests) {
      expect(request.method).toBe('POST');
      expectSigned(request);
    }
    for (const path of paths) {
      const [began, ended] = to(path).map(bodyOf);
      expect(began).toMatch(/Default answers 503 since \d\d(\\\\)?:\d\d/);
      if (path !== PATHS.ntfy) expect(began).toContain('Urgent');
      if (path !== PATHS.ntfy) expect(ended).toContain('Over');
    }
    const [urgent, over] = to(PATHS.ntfy);
    expect(urgent?.headers).toMatchObject({ title: 'OpenAI Balance: Urgent', priority: '5' });
    expect(over?.headers).toMatchObject({ title: 'OpenAI Balance: Over', tags: 'white_check_mark' });
    expect(typesOf(PATHS.json)).toEqual(['incident.began', 'incident.ended']);
    const states = await listed(server);
    expect(states.map(({ last, open }) => [last?.ok, open])).toEqual(states.map(() => [true, 0]));
    const metrics = await fetch(`${server.url}/metrics`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    const sent = sumOf(parsePrometheus(await metrics.text()), 'openai_balance_alerts_total', {
      result: 'sent',
    });
    expect(sent).toBe(10);
  });

  it('is told by one of several processes', async () => {
    const server = await start([entry('json')], { env: { WORKERS: '2' } });
    await breakDown(server);
    await receiver.waitForRequest();
    await recover(server);
    await waitFor(() => typesOf(PATHS.json).includes('incident.ended'), { what: 'the end to be told' });
    expect(typesOf(PATHS.json)).toEqual(['incident.began', 'incident.ended']);
  });
});

describe('receivers that fail', () => {
  it('one that hangs holds nothing up: others are told, and clients are served', async () => {
    receiver.fallbackReply = (request, response) =>
      request.url === '/hangs' ? undefined : takes(request, response);
    const server = await start([entry('json', { name: 'hangs', url: at('/hangs') }), entry('slack')]);
    await breakDown(server);
    await receiver.waitForRequest(({ url }) => url === PATHS.slack);
    await receiver.waitForRequest(({ url }) => url === '/hangs');
    await recover(server);
    await waitFor(() => to(PATHS.slack).length === 2, { what: 'the end to be told' });
    expect(to('/hangs')).toHaveLength(1);
    await server.stop();
  });

  it('one that fails or breaks off is tried again with the same id, and its error is shown meanwhile', async () => {
    let failures = 0;
    receiver.fallbackReply = (request, response) => {
      failures += 1;
      if (failures === 1) return hangUp(response);
      return (failures === 2 ? reply.error(500) : takes)(request, response);
    };
    const server = await start([entry('json')]);
    await breakDown(server);
    await waitFor(
      async () => (await listed(server))[0]?.last?.error?.startsWith('answered with status 500'),
      {
        what: 'the error to be shown',
      },
    );
    await waitFor(async () => (await listed(server))[0]?.last?.ok, { what: 'the message to arrive' });
    const ids = to(PATHS.json).map(({ headers }) => headers['x-balance-id']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it('one that redirects is not followed, and says so without its secrets', async () => {
    receiver.fallbackReply = (request, response) => {
      if (request.url === '/elsewhere') return takes(request, response);
      response.writeHead(302, { location: '/elsewhere' }).end('go on');
    };
    const server = await start([entry('json')]);
    const [item] = await listed(server);
    const answer = await admin<object>(server, 'POST', `/alerts/${item?.id}/test`);
    expect(answer).toMatchObject({
      ok: false,
      status: 302,
      error: 'answered with status 302, and redirects are not followed',
    });
    expect(to('/elsewhere')).toEqual([]);
  });
});

it('what was told before a restart is not told again', async () => {
  const dataDir = await parts.dataDir();
  upstream.fallbackReply = reply.error(401, {
    code: 'invalid_api_key',
    message: 'Incorrect API key provided',
  });
  const only = { rules: ['keys_out'] };
  const settings = { MAX_FAILURES: 1, CHECK_INTERVAL_HOURS: 0 };
  const first = await start([entry('json', only)], { dataDir, settings });
  await waitFor(
    async () => {
      await chat(first.url);
      return typesOf(PATHS.json).length > 0;
    },
    { what: 'all keys to be told to be out' },
  );
  expect(typesOf(PATHS.json)).toEqual(['incident.began']);
  await waitFor(async () => (await listed(first))[0]?.open === 1, { what: 'that to be noted' });
  await first.stop();
  await start([entry('json', only), entry('slack', only)], { dataDir, settings });
  // One that has heard nothing yet is told at the first look.
  await receiver.waitForRequest(({ url }) => url === PATHS.slack);
  expect(typesOf(PATHS.json)).toEqual(['incident.began']);
});

it('a receiver is made, changed, tried and deleted, and no answer and no line of the log has its secrets', async () => {
  const server = await start([]);
  const answers: unknown[] = [];
  const ask = async <T>(...given: [method: string, path: string, body?: unknown]): Promise<T> => {
    const answer = await admin<T>(server, ...given);
    answers.push(answer);
    return answer;
  };
  const made = await admin<{ item: AlertItem; secret: string }>(server, 'POST', '/alerts', {
    name: 'ops',
    kind: 'json',
    url: `${at('/hook')}/very-secret?key=quite-secret`,
  });
  expect(made.item).toMatchObject({ name: 'ops', isSigned: true, last: null, delaySeconds: 30 });
  expect(made.secret).toMatch(/^bal_/);
  const { id } = made.item;
  expect(await ask('POST', '/alerts', { name: 'ops', kind: 'json', url: at('/') })).toMatchObject({
    error: { code: 'invalid_input', fields: { name: 'is taken already' } },
  });
  expect(await ask('POST', '/alerts', { name: 'b', kind: 'json', url: 'file:///etc/passwd' })).toMatchObject({
    error: { code: 'invalid_input' },
  });
  expect(await ask('PATCH', `/alerts/${id}`, { name: 'night shift', isEnabled: false })).toMatchObject({
    name: 'night shift',
    isEnabled: false,
  });
  receiver.fallbackReply = reply.bytes(404, Buffer.from('no such hook: /hook/very-secret?key=quite-secret'));
  expect(await ask('POST', `/alerts/${id}/test`)).toMatchObject({
    ok: false,
    status: 404,
    error: 'answered with status 404: no such hook: ***',
  });
  receiver.fallbackReply = takes;
  expect(await ask('POST', `/alerts/${id}/test`)).toMatchObject({ ok: true, status: 200 });
  expect(receiver.requests.map(({ url }) => url)).toEqual(
    Array(2).fill('/hook/very-secret?key=quite-secret'),
  );
  expect(await ask('GET', '/alerts')).toMatchObject({ items: [{ id, last: { ok: true } }] });
  await ask('GET', '/settings');
  await ask('GET', '/audit');
  expect(await ask('DELETE', `/alerts/${id}`)).toEqual({ ok: true });
  expect(await ask('GET', '/alerts')).toMatchObject({ items: [] });
  expect(await ask('POST', `/alerts/${id}/test`)).toMatchObject({ error: { code: 'not_found' } });
  await server.stop();
  const said = JSON.stringify(answers) + server.stdout();
  for (const secret of [made.secret, 'very-secret', 'quite-secret']) expect(said).not.toContain(secret);
});

it('a receiver that a setting gets wrong is refused by name, without its secrets', async () => {
  const server = await start([]);
  const values = {
    ALERT_RECEIVERS: JSON.stringify([
      { name: 'a', kind: 'slack', url: 'ftp://u:very-secret@x', secret: 'quite-secret' },
    ]),
  };
  const answer = await admin<object>(server, 'PATCH', '/settings', { values });
  expect(answer).toMatchObject({ error: { code: 'invalid_input' } });
  expect(JSON.stringify(answer)).toContain('must start with http:// or https:// and a host');
  expect(JSON.stringify(answer)).not.toMatch(/very-secret|quite-secret/);
});
