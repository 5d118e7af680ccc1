import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { auditApi } from '../../../lib/admin/contract/audit';
import { jobsApi } from '../../../lib/admin/contract/jobs';
import { keyBulkResultSchema, keysApi } from '../../../lib/admin/contract/keys';
import { logsApi } from '../../../lib/admin/contract/logs';
import { openapiApi } from '../../../lib/admin/contract/openapi';
import { providersApi } from '../../../lib/admin/contract/providers';
import { proxiesApi } from '../../../lib/admin/contract/proxies';
import { settingsApi } from '../../../lib/admin/contract/settings';
import { statsApi } from '../../../lib/admin/contract/stats';
import { tasksApi } from '../../../lib/admin/contract/tasks';
import { tokensApi } from '../../../lib/admin/contract/tokens';
import { reply } from '../../support/scripted-upstream';
import { freePort } from '../../support/free-port';
import { waitFor } from '../../support/wait-for';
import { ADMIN, allAnswers, ask as askServer, CLIENT, ENV_KEYS, useServer } from './support';

const PROXY_PASSWORD = 'proxy-password-0123456789';
const HEADER_SECRET = 'header-secret-0123456789';
const HTML = '<script>alert("1")</script>';
const parts = useServer({ ERROR_LOG_RECORD_REQUEST_BODY: 'true' });
const { call, ask } = parts;

/** Slugs and keys of one test are no other's. */
let test = 0;
beforeEach(() => {
  test += 1;
});
const keyOf = (name: string) => `sk-test${test}-0123456789abcdefghij-${name}`;
const secrets: string[] = [ADMIN, CLIENT, PROXY_PASSWORD, HEADER_SECRET];

type NewProvider = Parameters<typeof call<typeof providersApi.create>>[1];

function provider(more: Partial<NewProvider> = {}) {
  return call(providersApi.create, {
    name: HTML,
    slug: `p${test}`,
    baseUrl: parts.upstream.baseUrl,
    ...more,
  });
}

async function importKeys(slug: string, ...names: string[]) {
  const keys = names.map(keyOf);
  secrets.push(...keys);
  const { report } = await call(keysApi.import, { provider: slug, text: keys.join('\n') });
  expect(report?.added).toBe(names.length);
  return (await call(keysApi.list, { provider: slug, sort: 'hint', order: 'asc' })).items;
}

function finished({ task }: { readonly task: { readonly id: string } }) {
  return waitFor(
    async () => {
      const status = await call(tasksApi.read, { id: task.id });
      return status.finishedAt === null ? undefined : status;
    },
    { what: 'the task to end' },
  );
}

/** An answer that holds a secret on purpose, and is not kept. */
async function confidential(method: string, path: string, body?: unknown): Promise<string> {
  const response = await fetch(`${parts.server.url}/api/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return response.text();
}

describe('providers and keys', () => {
  it('a provider and its keys that were added here serve at once, and the whole story can be read', async () => {
    const { slug, name } = await provider({ customHeaders: { 'X-Api-Key': HEADER_SECRET } });
    expect(name).toBe(HTML);
    const [bad, good] = await importKeys(slug, 'bad', 'good');
    parts.upstream.forKey(keyOf('bad'), reply.error(401, { message: `no such key ${keyOf('bad')}` }));
    for (let i = 0; i < 2; i++)
      expect((await parts.chat(CLIENT, `/${slug}/v1`, `model-${test}`)).status).toBe(200);
    expect(parts.upstream.requestsOf(keyOf('good')).at(-1)?.headers['x-api-key']).toBe(HEADER_SECRET);

    const failure = await waitFor(
      async () => (await call(keysApi.failures, { id: bad?.id ?? '' })).items[0],
      { what: 'the failure in the log' },
    );
    expect(failure).toMatchObject({ status: 401 });
    const story = await call(logsApi.read, { id: failure.id });
    expect(story.request).toMatchObject({ status: 200, outcome: 'success', provider: slug, attemptCount: 2 });
    expect(story.attempts.map(({ keyId }) => keyId)).toEqual([bad?.id, good?.id]);
    expect(story.attempts.at(-1)?.verdict).toBe('success');
    expect(story.errors).toHaveLength(1);
    expect(await call(logsApi.read, { id: story.request?.id ?? '' })).toEqual(story);
    expect(await call(keysApi.read, { id: bad?.id ?? '' })).toMatchObject({
      failures: 1,
      lastErrorStatus: 401,
    });
    expect(await call(keysApi.usage, { id: good?.id ?? '', range: '1h' })).toMatchObject({
      totals: { requests: 2, succeeded: 2 },
      models: [{ model: `model-${test}` }],
    });
  });

  it('a provider is edited, tested, asked for models, reordered and deleted', async () => {
    const { id, slug, version } = await provider({ modelRequestKey: keyOf('models') });
    secrets.push(keyOf('models'));
    const edited = await call(providersApi.update, { id, version, maxRetries: 0, isEnabled: true });
    expect(edited).toMatchObject({ maxRetries: 0, version: version + 1 });
    expect((await ask('PATCH', `providers/${id}`, { version, maxRetries: 1 })).status).toBe(409);
    expect((await call(providersApi.models, { id })).models.length).toBeGreaterThan(0);
    expect(await call(providersApi.test, { id })).toMatchObject({ ok: true, status: 200 });
    const refusal = reply.error(401, { message: `bad ${keyOf('models')}`, code: 'invalid_api_key' });
    parts.upstream.forKey(keyOf('models'), refusal);
    const failed = await call(providersApi.test, { id });
    expect(failed).toMatchObject({ ok: false, status: 401 });
    expect(failed.message).toContain('invalid_api_key');
    expect((await ask('POST', `providers/${id}/models`)).status).toBe(502);
    expect((await call(providersApi.reorder, { ids: [id] })).items[0]?.id).toBe(id);
    await call(providersApi.delete, { id });
    expect((await parts.chat(CLIENT, `/${slug}/v1`)).status).toBe(404);
  });

  it('keys are verified at their own provider, one by one and many at once', async () => {
    const { slug } = await provider();
    const [dead, live] = await importKeys(slug, 'dead', 'live');
    parts.upstream.forKey(keyOf('dead'), reply.error(401));
    const one = await call(keysApi.verify, { id: live?.id ?? '' });
    expect(one).toMatchObject({ outcome: 'alive', key: { id: live?.id } });
    const answer = await call(keysApi.bulk, { action: 'verify', filter: { provider: slug } });
    expect((await finished(answer)).result).toMatchObject({ alive: 1, rejected: 1 });
    expect((await call(keysApi.read, { id: dead?.id ?? '' })).status).toBe('disabled_auto');
    expect((await call(keysApi.reset, { id: dead?.id ?? '' })).status).toBe('active');
  });

  it('deleted keys serve no more, and again after the undo', async () => {
    const { slug } = await provider();
    await importKeys(slug, 'a', 'b');
    const answer = await call(keysApi.bulk, { action: 'delete', filter: { provider: slug } });
    const { result } = await finished(answer);
    const { deletionId, changed } = keyBulkResultSchema.parse(result);
    expect(changed).toBe(2);
    expect((await parts.chat(CLIENT, `/${slug}/v1`)).status).toBe(503);
    expect(await call(keysApi.undo, { deletionId: deletionId ?? '' })).toEqual({ restored: 2, lost: 0 });
    expect((await parts.chat(CLIENT, `/${slug}/v1`)).status).toBe(200);
  });

  it('keys are revealed and exported on demand, and that is in the audit list', async () => {
    const { slug } = await provider();
    const [key] = await importKeys(slug, 'a');
    const audited = async (action: string) =>
      (await call(auditApi.list, { pageSize: 500 })).items.filter((entry) => entry.action === action).length;
    const [reveals, exports] = [await audited('keys.reveal'), await audited('keys.export')];
    expect(JSON.parse(await confidential('POST', `keys/${key?.id}/reveal`))).toEqual({ value: keyOf('a') });
    expect(await confidential('GET', `keys/export?provider=${slug}&format=txt&secrets=true`)).toBe(
      `${keyOf('a')}\n`,
    );
    const file = await ask('GET', `keys/export?provider=${slug}&format=json`);
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect(JSON.parse(file.text)).toMatchObject([{ key: key?.hint }]);
    expect(await audited('keys.reveal')).toBe(reveals + 1);
    expect(await audited('keys.export')).toBe(exports + 2);
  });

  it('keys that were added here stay when those of the settings come and go', async () => {
    const { slug } = await provider();
    await importKeys(slug, 'a');
    secrets.push(keyOf('env'));
    const total = async (of: string) => (await call(keysApi.list, { provider: of })).total;
    await call(settingsApi.update, { values: { API_KEYS: [...ENV_KEYS, keyOf('env')] } });
    expect([await total(slug), await total('default')]).toEqual([1, ENV_KEYS.length + 1]);
    await call(settingsApi.update, { values: { API_KEYS: ENV_KEYS } });
    expect([await total(slug), await total('default')]).toEqual([1, ENV_KEYS.length]);
  });
});

describe('tokens', () => {
  it('a token that was made here lets clients in, is counted, renamed, and revoked at once', async () => {
    const made = JSON.parse(await confidential('POST', 'tokens', { name: HTML })) as unknown;
    const { token, item } = tokensApi.create.answer.parse(made);
    secrets.push(token);
    expect(item.name).toBe(HTML);
    expect((await parts.chat(token)).status).toBe(200);
    const listed = (await call(tokensApi.list, {})).items.find(({ id }) => id === item.id);
    expect(listed).toMatchObject({ requestCount: 1, source: 'dashboard' });
    expect((await call(tokensApi.update, { id: item.id, name: 'laptop' })).name).toBe('laptop');
    await call(tokensApi.revoke, { id: item.id });
    expect((await parts.chat(token)).status).toBe(401);
    expect((await ask('DELETE', `tokens/${item.id}`)).status).toBe(404);
  });

  it('rules of a token are checked by name, changed by version, exported and imported', async () => {
    const rules = {
      models: ['gpt-*'],
      providers: ['default'],
      allowedIps: ['10.0.0.0/8', '2001:db8::/32', '::ffff:10.0.0.1'],
      limits: { requestsPerMinute: 60, concurrency: 2 },
      budget: { amount: 2.5, unit: 'usd', period: 'week' },
      priority: -5,
      expiresAt: 4_102_444_800_000,
      isEnabled: false,
      note: 'für Ä',
    } as const;
    const value = 'sk-from-elsewhere-0123456789';
    secrets.push(value);
    const asked = {
      ...rules,
      models: [...rules.models],
      providers: [...rules.providers],
      allowedIps: [...rules.allowedIps],
    };
    const made = JSON.parse(
      await confidential('POST', 'tokens', { name: 'other', value, ...asked }),
    ) as unknown;
    const { token, item } = tokensApi.create.answer.parse(made);
    expect([token, item]).toMatchObject([
      value,
      { ...rules, status: 'disabled', version: 1, spent: { amount: 0 } },
    ]);
    const wrong = async (body: object) => (await ask('PATCH', `tokens/${item.id}`, body)).error?.fields;
    expect(await wrong({ providers: ['nobody'] })).toEqual({ providers: "there is no provider 'nobody'" });
    expect(await wrong({ allowedIps: ['10.0.0.0/33'] })).toHaveProperty(['allowedIps.0']);
    expect(await wrong({ budget: { amount: 0, unit: 'usd', period: 'day' } })).toHaveProperty([
      'budget.amount',
    ]);
    expect(await wrong({ budget: { amount: 1.5, unit: 'tokens', period: 'day' } })).toHaveProperty([
      'budget.amount',
    ]);
    expect(await wrong({ priority: 1.5 })).toHaveProperty(['priority']);
    expect(await wrong({ modles: [] })).toBeDefined();
    expect((await ask('POST', 'tokens', { name: 'twice', value })).error?.fields).toHaveProperty(['value']);
    const edited = await call(tokensApi.update, { id: item.id, version: 1, models: [], budget: null });
    expect(edited).toMatchObject({
      models: [],
      budget: null,
      spent: null,
      providers: ['default'],
      version: 2,
    });
    expect((await ask('PATCH', `tokens/${item.id}`, { version: 1, note: '' })).status).toBe(409);
    expect((await ask('POST', `tokens/${item.id}/reset-spent`)).error?.code).toBe('not_allowed');

    expect((await ask('GET', 'tokens/export')).text).not.toContain(value);
    const file = JSON.parse(await confidential('GET', 'tokens/export?secrets=true&search=other')) as {
      tokens: { name: string; value: string }[];
    };
    expect(file.tokens).toMatchObject([{ name: 'other', value, priority: -5, providers: ['default'] }]);
    const bring = async (tokens: readonly object[]) =>
      tokensApi.import.answer.parse(
        JSON.parse(await confidential('POST', 'tokens/import', { tokens, existing: 'update' })),
      );
    const report = await bring([...file.tokens, { name: 'new', models: ['x'] }]);
    // What changes nothing is none.
    expect(report).toMatchObject({ added: 1, updated: 0, skipped: 1, made: [{ name: 'new' }] });
    secrets.push(report.made[0]?.token ?? '');
    const changed = file.tokens.map((one) => ({ ...one, priority: 7 }));
    expect(await bring(changed)).toMatchObject({ added: 0, updated: 1, skipped: 0, made: [] });
    const bad = await ask('POST', 'tokens/import', {
      tokens: [{ name: 'a' }, { name: 'b', providers: ['nobody'] }],
    });
    expect(bad.error?.fields).toHaveProperty(['tokens.1.providers']);
    const { items, total } = await call(tokensApi.list, { search: 'new', pageSize: 1 });
    expect([items.map(({ name }) => name), total]).toEqual([['new'], 1]);
    expect((await call(tokensApi.list, { status: 'disabled' })).total).toBe(1);
    for (const { id } of [item, ...items]) await call(tokensApi.revoke, { id });
  });

  it('a token of the settings is not revoked here, and the answer says where', async () => {
    const { items } = await call(tokensApi.list, {});
    const own = items.find(({ source }) => source === 'environment');
    const { status, error } = await ask('DELETE', `tokens/${own?.id}`);
    expect([status, error?.code]).toEqual([409, 'not_allowed']);
    expect(error?.message).toContain('ALLOWED_TOKENS');
  });
});

describe('logs and statistics', () => {
  it('requests are found by each filter, page by page, exported and deleted', async () => {
    const { slug } = await provider();
    await importKeys(slug, 'a');
    const model = `model-${test}`;
    for (let i = 0; i < 7; i++) await parts.chat(CLIENT, `/${slug}/v1`, model);
    parts.upstream.forKey(keyOf('a'), reply.error(400, { message: 'bad question' }));
    await parts.chat(CLIENT, `/${slug}/v1`, model);
    const list = (query: Partial<Parameters<typeof call<typeof logsApi.requests>>[1]>) =>
      call(logsApi.requests, { provider: slug, ...query });
    const found = async (query: Parameters<typeof list>[0]) => (await list(query)).items.length;
    await waitFor(async () => (await found({})) === 8, { what: 'all rows' });
    expect(await found({ model, status: '2xx' })).toBe(7);
    expect(await found({ status: '400' })).toBe(1);
    expect(await found({ outcome: 'failure' })).toBe(1);
    expect(await found({ outcome: 'success' })).toBe(7);
    expect(await found({ text: 'BAD QUEST' })).toBe(1);
    expect(await found({ token: 'nobody' })).toBe(0);
    expect(await found({ from: Date.now() + 60_000 })).toBe(0);

    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({
        pageSize: 3,
        ...(cursor !== null && { cursor }),
      });
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(new Set(ids).size).toBe(8);
    expect((await list({ pageSize: 3, page: 2 })).items.map(({ id }) => id)).toEqual(ids.slice(3, 6));

    const csv = (await ask('GET', `logs/export?provider=${slug}&format=csv`)).text.trim().split('\r\n');
    expect(csv).toHaveLength(9);
    const jsonl = (await ask('GET', `logs/export?provider=${slug}&format=jsonl`)).text.trim().split('\n');
    expect(jsonl.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(ids);

    await finished(await call(logsApi.delete, { kind: 'requests', ids: ids.slice(0, 2) }));
    expect(await found({})).toBe(6);
    await finished(
      await call(logsApi.delete, { kind: 'requests', filter: { provider: slug, status: '2xx' } }),
    );
    expect(await found({})).toBe(0);
  });

  it('traffic is in the overview, the series and the breakdowns', async () => {
    const { slug } = await provider();
    const [key] = await importKeys(slug, 'a');
    const model = `model-${test}`;
    for (let i = 0; i < 3; i++) await parts.chat(CLIENT, `/${slug}/v1`, model);
    const totals = { requests: 3, succeeded: 3, promptTokens: 9, completionTokens: 6, successRate: 1 };
    const requestsIn = async (range: '1h' | '24h' | '7d' | '30d') => {
      const { points } = await call(statsApi.timeseries, { provider: slug, range });
      return { buckets: points.length, requests: points.reduce((sum, { requests }) => sum + requests, 0) };
    };
    await waitFor(async () => (await requestsIn('1h')).requests === 3, { what: 'the counts' });
    expect(await requestsIn('1h')).toEqual({ buckets: 60, requests: 3 });
    expect(await requestsIn('24h')).toEqual({ buckets: 96, requests: 3 });
    expect(await requestsIn('7d')).toEqual({ buckets: 168, requests: 3 });
    expect(await requestsIn('30d')).toEqual({ buckets: 120, requests: 3 });
    const overview = await call(statsApi.overview, { range: '1h' });
    expect(overview.providers.find((one) => one.slug === slug)).toMatchObject({
      keys: { total: 1, active: 1 },
      breaker: { state: 'closed' },
      totals,
    });
    expect(overview.rates.requestsPerMinute).toBeGreaterThanOrEqual(3);
    const byProvider = await call(statsApi.providers, { range: '1h' });
    expect(byProvider.items.find((one) => one.provider === slug)).toMatchObject({ totals });
    const byKey = await call(statsApi.keys, { range: '1h', provider: slug });
    expect(byKey.items).toMatchObject([{ keyId: key?.id, hint: key?.hint, totals }]);
    expect((await call(statsApi.models, { range: '1h', provider: slug })).items).toMatchObject([
      { model, totals },
    ]);
  });

  it('keys that the program has disabled need attention, with what they were told', async () => {
    const { slug } = await provider({ maxFailures: 1 });
    await importKeys(slug, 'a', 'b');
    parts.upstream.forKey(keyOf('a'), reply.error(401, { message: 'revoked' }));
    for (let i = 0; i < 2; i++) await parts.chat(CLIENT, `/${slug}/v1`);
    const own = (await call(statsApi.attention, {})).items.filter(
      (one) => 'provider' in one && one.provider === slug,
    );
    expect(own).toMatchObject([{ kind: 'keys', state: 'disabled', status: 401, count: 1, of: 2 }]);
    expect(own[0]).toMatchObject({ reason: expect.stringContaining('revoked') as string });
  });
});

describe('proxies', () => {
  it('are added, tested, disabled and deleted, and never show their passwords', async () => {
    const url = `http://user:${PROXY_PASSWORD}@127.0.0.1:${await freePort()}`;
    const report = await call(proxiesApi.create, { text: `${url}\nftp://x`, isShared: false, note: HTML });
    expect(report).toMatchObject({ added: [{ note: HTML, hasPassword: true }], invalid: [{ line: 2 }] });
    const { id = '', version } = report.added[0] ?? {};
    const tested = await call(proxiesApi.test, { id });
    expect(tested).toMatchObject({ ok: false, proxy: { failures: 1, status: 'failing' } });
    expect((await call(proxiesApi.testUnsaved, { urls: [url] })).items).toMatchObject([{ ok: false }]);
    const updated = await call(proxiesApi.update, { id, version, enabled: false });
    expect(updated.status).toBe('disabled_manual');
    expect((await call(proxiesApi.list, { status: 'disabled' })).items).toMatchObject([{ id }]);
    const bulk = await call(proxiesApi.bulk, { action: 'delete', ids: [id] });
    expect((await finished(bulk)).result).toMatchObject({ changed: 1 });
    expect((await ask('GET', `proxies/${id}`)).status).toBe(404);
  });
});

describe('jobs and tasks', () => {
  it('a job is run by hand, and its result can be read', async () => {
    expect(await call(jobsApi.run, { name: 'roll-up-stats' })).toMatchObject({ name: 'roll-up-stats' });
    const job = await waitFor(
      async () => {
        const found = (await call(jobsApi.list, {})).items.find(({ name }) => name === 'roll-up-stats');
        return found?.lastResult === null ? undefined : found;
      },
      { what: 'the result' },
    );
    expect(job).toMatchObject({ isRunning: false, lastResult: { ok: true } });
    expect((await ask('POST', 'jobs/no-such-job/run')).status).toBe(404);
  });

  it('a long task is cancelled, and what is done stays done', async () => {
    const { slug } = await provider();
    await importKeys(slug, ...Array.from({ length: 30 }, (_, index) => `k${index}`));
    parts.upstream.fallbackReply = reply.sseControlled().reply;
    const answer = await call(keysApi.bulk, { action: 'verify', filter: { provider: slug } });
    expect(answer.task).toMatchObject({ state: 'running', total: 30 });
    await call(tasksApi.cancel, { id: answer.task.id });
    expect(await finished(answer)).toMatchObject({ state: 'cancelled' });
    expect((await call(tasksApi.list, {})).items.map(({ id }) => id)).toContain(answer.task.id);
    expect((await ask('POST', `tasks/${answer.task.id}/cancel`)).status).toBe(409);
    parts.upstream.fallbackReply = reply.healthy;
  });
});

describe('bad input', () => {
  const ID = 'no-such-id';
  const totals = async () => [
    (await call(keysApi.list, {})).total,
    (await call(providersApi.list, {})).total,
    (await call(tokensApi.list, {})).total,
    (await call(proxiesApi.list, {})).total,
  ];
  it.each([
    ['GET', 'keys?page=0', undefined, 'page'],
    ['GET', 'keys?page=x', undefined, 'page'],
    ['GET', 'keys?pageSize=501', undefined, 'pageSize'],
    ['GET', 'keys?sort=secret', undefined, 'sort'],
    ['GET', 'keys?order=up', undefined, 'order'],
    ['GET', 'keys?status=odd', undefined, 'status'],
    ['GET', 'keys?provider=nobody', undefined, 'provider'],
    ['GET', 'keys?unknown=1', undefined, 'unknown'],
    ['GET', 'keys/export?format=exe', undefined, 'format'],
    ['POST', 'keys/import', {}, 'provider'],
    ['POST', 'keys/import', { provider: 'default', text: '' }, 'text'],
    ['POST', 'keys/import', { provider: 'default', text: 'x', keys: [] }, 'keys'],
    ['POST', 'keys/import', { provider: 'default', text: 5 }, 'text'],
    ['POST', 'keys/import', '{"provider":', undefined],
    ['POST', 'keys/import', '[]', ''],
    ['POST', 'keys/bulk', { action: 'explode', filter: {} }, 'action'],
    ['POST', 'keys/bulk', { action: 'delete' }, 'ids'],
    ['POST', 'keys/bulk', { action: 'delete', ids: [], filter: {} }, 'ids'],
    ['POST', 'keys/bulk', { action: 'move', filter: {} }, 'to'],
    ['POST', 'keys/bulk', { action: 'move', filter: {}, to: 'nobody' }, 'to'],
    ['POST', 'keys/bulk', { action: 'delete', filter: { stauts: 'active' } }, 'filter.stauts'],
    ['POST', 'providers', { name: 'x' }, 'baseUrl'],
    ['POST', 'providers', { name: 'x', baseUrl: 'nonsense' }, 'baseUrl'],
    ['POST', 'providers', { name: 'x', slug: 'login', baseUrl: 'https://a.example' }, 'slug'],
    ['POST', 'providers', { name: 'x', baseUrl: 'https://a.example', timeoutSeconds: -1 }, 'timeoutSeconds'],
    [
      'POST',
      'providers',
      { name: 'x', baseUrl: 'https://a.example', firstTokenTimeoutSeconds: -1 },
      'firstTokenTimeoutSeconds',
    ],
    ['POST', 'providers/reorder', { ids: [ID] }, 'ids.0'],
    ['POST', 'proxies', { text: '' }, 'text'],
    ['POST', 'proxies/test', { urls: [] }, 'urls'],
    ['POST', 'proxies/bulk', { action: 'test' }, 'ids'],
    ['PATCH', 'settings', { values: { MAX_FAILURES: 0 } }, 'MAX_FAILURES'],
    ['PATCH', 'settings', { values: { NOPE: 1 } }, 'NOPE'],
    ['PATCH', 'settings', {}, 'values'],
    ['POST', 'tokens', { name: ' ' }, 'name'],
    ['GET', 'logs/requests?status=9xx', undefined, 'status'],
    ['GET', 'logs/requests?from=2&to=1', undefined, 'to'],
    ['GET', 'logs/requests?page=9999', undefined, 'page'],
    ['GET', 'logs/errors?token=x', undefined, 'token'],
    ['POST', 'logs/delete', { kind: 'requests' }, 'ids'],
    ['POST', 'logs/delete', { kind: 'requests', filter: {} }, 'filter'],
    ['POST', 'logs/delete', { kind: 'errors', filter: { text: ' ' } }, 'filter'],
    ['GET', 'stats/overview?range=1y', undefined, 'range'],
    ['GET', 'audit?pageSize=0', undefined, 'pageSize'],
  ])('%s %s %j is refused with the field, and changes nothing', async (method, path, body, field) => {
    const before = await totals();
    const { status, error } = await ask(method, path, body);
    expect([status, error?.code]).toEqual([400, 'invalid_input']);
    if (field !== undefined) expect(Object.keys(error?.fields ?? {})).toContain(field);
    expect(await totals()).toEqual(before);
  });

  it.each([
    ['GET', 'keys/no-such-id'],
    ['PATCH', 'keys/no-such-id'],
    ['DELETE', 'keys/no-such-id'],
    ['POST', 'keys/no-such-id/reveal'],
    ['POST', 'keys/no-such-id/verify'],
    ['GET', 'keys/no-such-id/usage'],
    ['GET', 'providers/no-such-id'],
    ['DELETE', 'providers/no-such-id'],
    ['POST', 'providers/no-such-id/models'],
    ['GET', 'proxies/no-such-id'],
    ['POST', 'proxies/no-such-id/test'],
    ['DELETE', 'tokens/no-such-id'],
    ['GET', 'logs/no-such-id'],
    ['GET', 'tasks/no-such-id'],
    ['GET', 'no/such/endpoint'],
  ])('%s %s is not found', async (method, path) => {
    const { status, error } = await ask(method, path, method === 'GET' ? undefined : {});
    expect([status, error?.code]).toEqual([404, 'not_found']);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'a field that is called %s is an unknown one, and nothing worse',
    async (name) => {
      for (const [path, body] of [
        ['providers', '{"name":"p","baseUrl":"http://127.0.0.1:1/v1"'],
        ['keys/import', '{"provider":"default","text":"sk-x"'],
        ['tokens', '{"name":"t"'],
      ] as const) {
        const { status, error } = await ask('POST', path, JSON.parse(`${body},"${name}":{"a":1}}`));
        expect([status, error?.code], path).toEqual([400, 'invalid_input']);
        expect(error?.message).toContain('is not a known field');
      }
    },
  );

  it('a body that is far too large is refused', async () => {
    const text = 'x'.repeat(21 * 2 ** 20);
    const { status, error } = await ask('POST', 'keys/import', { provider: 'default', text });
    expect([status, error?.code]).toEqual([413, 'body_too_large']);
  });
});

it('the description of the API is itself behind the door, and describes what is asked here', async () => {
  const { openapi, paths } = await call(openapiApi.read, {});
  expect(openapi).toBe('3.1.0');
  expect(Object.keys(paths as object)).toContain('/api/admin/keys/import');
});

it('exports, refusals and what is too large come as the description says', async () => {
  const { paths } = await call(openapiApi.read, {});
  interface Described {
    readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, object>> }>>;
  }
  const typesOf = (path: string, method: string, status: number) => {
    const operations = (paths as Record<string, Record<string, Described>>)[`/api/admin/${path}`];
    return Object.keys(operations?.[method.toLowerCase()]?.responses[String(status)]?.content ?? {});
  };
  const sent = ({ headers }: { readonly headers: Headers }) => headers.get('content-type')?.split(';')[0];

  const asked: [method: string, path: string, query: string, body?: unknown][] = [
    ...['requests', 'errors'].flatMap((kind) =>
      ['csv', 'jsonl'].map((format): [string, string, string] => [
        'GET',
        'logs/export',
        `?kind=${kind}&format=${format}`,
      ]),
    ),
    ...['txt', 'csv', 'json'].map((format): [string, string, string] => [
      'GET',
      'keys/export',
      `?format=${format}`,
    ]),
    ...['txt', 'csv', 'json'].map((format): [string, string, string, unknown] => [
      'POST',
      'keys/export',
      '',
      { format, filter: {} },
    ]),
  ];
  const seen = new Map<string, Set<string>>();
  for (const [method, path, query, body] of asked) {
    const answer = await ask(method, `${path}${query}`, body);
    expect(answer.status, answer.text).toBe(200);
    const type = sent(answer) ?? '';
    expect(typesOf(path, method, 200)).toContain(type);
    seen.set(`${method} ${path}`, (seen.get(`${method} ${path}`) ?? new Set()).add(type));
  }
  // Nothing is described that does not come.
  for (const [name, types] of seen) {
    const [method = '', path = ''] = name.split(' ');
    expect([...types].sort()).toEqual(typesOf(path, method, 200).sort());
  }

  const refusals: [
    status: number,
    method: string,
    path: string,
    query: string,
    options: Parameters<typeof askServer>[3],
  ][] = [
    [400, 'GET', 'logs/export', '?format=xml', {}],
    [401, 'GET', 'logs/export', '', { headers: {} }],
    [431, 'GET', 'logs/export', '', { headers: { 'x-large': 'x'.repeat(100_000) } }],
    [413, 'POST', 'keys/export', '', { body: { ids: ['x'.repeat(21 * 2 ** 20)] } }],
  ];
  for (const [status, method, path, query, options] of refusals) {
    const answer = await askServer(parts.server.url, method, `${path}${query}`, options);
    expect([path, answer.status]).toEqual([path, status]);
    expect(typesOf(path, method, status)).toEqual([sent(answer)]);
  }
});

afterAll(() => {
  const answers = allAnswers();
  for (const secret of [...secrets, ...ENV_KEYS]) {
    expect(answers.includes(secret), `an answer holds ${secret}`).toBe(false);
    expect(parts.server.stdout().includes(secret), `the log holds ${secret}`).toBe(false);
  }
});
