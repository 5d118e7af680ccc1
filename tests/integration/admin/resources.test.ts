import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { reply, startScriptedUpstream } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { ADMIN, allAnswers, CLIENT, ENV_KEYS, useServer } from './support';

const PROXY_PASSWORD = 'proxy-password-0123456789';
const HEADER_SECRET = 'header-secret-0123456789';
const HTML = '<script>alert("1")</script>';
const parts = useServer({ ERROR_LOG_RECORD_REQUEST_BODY: 'true' });

/** Slugs, keys and tokens of one test are no other's. */
let test = 0;
beforeEach(() => {
  test += 1;
});
const keyOf = (name: string) => `sk-test${test}-0123456789abcdefghij-${name}`;
const secrets: string[] = [ADMIN, CLIENT, PROXY_PASSWORD, HEADER_SECRET];

async function provider(more: object = {}) {
  const slug = `p${test}`;
  const { status, json } = await parts.post('providers', {
    name: HTML,
    slug,
    baseUrl: parts.upstream.baseUrl,
    ...more,
  });
  expect(status).toBe(200);
  return { slug, id: json.id as string, version: json.version as number, item: json };
}

async function importKeys(slug: string, ...names: string[]) {
  const keys = names.map(keyOf);
  secrets.push(...keys);
  const { status, json } = await parts.post('keys/import', { provider: slug, text: keys.join('\n') });
  expect(status).toBe(200);
  expect(json.report.added).toBe(names.length);
  const { json: list } = await parts.get(`keys?provider=${slug}&sort=hint&order=asc`);
  return list.items as { id: string; hint: string; version: number }[];
}

async function finished(answer: { json: { task: { id: string } } }) {
  return waitFor(
    async () => {
      const { json } = await parts.get(`tasks/${answer.json.task.id}`);
      return json.finishedAt !== null && json;
    },
    { what: 'the task to end' },
  );
}

describe('providers and keys', () => {
  it('a provider and its keys that were added here serve at once, and the whole story can be read', async () => {
    const { slug, item } = await provider({ customHeaders: { 'X-Api-Key': HEADER_SECRET } });
    expect(item.name).toBe(HTML);
    const [bad, good] = await importKeys(slug, 'bad', 'good');
    parts.upstream.forKey(keyOf('bad'), reply.error(401, { message: `no such key ${keyOf('bad')}` }));
    for (let i = 0; i < 2; i++)
      expect((await parts.chat(CLIENT, `/${slug}/v1`, `model-${test}`)).status).toBe(200);
    expect(parts.upstream.requestsOf(keyOf('good')).at(-1)?.headers['x-api-key']).toBe(HEADER_SECRET);

    const failures = await waitFor(
      async () => {
        const { json } = await parts.get(`keys/${bad?.id}/failures`);
        return json.items.length > 0 && json.items;
      },
      { what: 'the failure in the log' },
    );
    expect(failures[0]).toMatchObject({ status: 401 });
    const { json: story } = await parts.get(`logs/${failures[0].id}`);
    expect(story).toMatchObject({
      request: { status: 200, outcome: 'success', provider: slug, attemptCount: 2 },
    });
    expect(
      story.attempts.map(({ keyId, verdict }: { keyId: string; verdict: string }) => [keyId, verdict]),
    ).toEqual([
      [bad?.id, expect.any(String)],
      [good?.id, 'success'],
    ]);
    expect(story.errors).toHaveLength(1);
    const { json: same } = await parts.get(`logs/${story.request.id}`);
    expect(same).toEqual(story);
    expect((await parts.get(`keys/${bad?.id}`)).json).toMatchObject({ failures: 1, lastErrorStatus: 401 });
    expect((await parts.get(`keys/${good?.id}/usage?range=1h`)).json).toMatchObject({
      totals: { requests: 2, succeeded: 2 },
      models: [{ model: `model-${test}` }],
    });
  });

  it('a provider is edited, tested, asked for models, reordered and deleted', async () => {
    const { id, slug, version } = await provider({ modelRequestKey: keyOf('models') });
    secrets.push(keyOf('models'));
    const edited = await parts.patch(`providers/${id}`, { version, maxRetries: 0, isEnabled: true });
    expect(edited.json).toMatchObject({ maxRetries: 0, version: version + 1 });
    expect((await parts.patch(`providers/${id}`, { version, maxRetries: 1 })).status).toBe(409);
    const models = await parts.post(`providers/${id}/models`);
    expect(models.json.models.length).toBeGreaterThan(0);
    expect((await parts.post(`providers/${id}/test`)).json).toMatchObject({ ok: true, status: 200 });
    parts.upstream.forKey(
      keyOf('models'),
      reply.error(401, { message: `bad ${keyOf('models')}`, code: 'invalid_api_key' }),
    );
    const failed = await parts.post(`providers/${id}/test`);
    expect(failed.json).toMatchObject({ ok: false, status: 401 });
    expect(failed.json.message).toContain('invalid_api_key');
    expect((await parts.post(`providers/${id}/models`)).status).toBe(502);
    expect((await parts.post('providers/reorder', { ids: [id] })).json.items[0].id).toBe(id);
    expect((await parts.delete(`providers/${id}`)).json).toEqual({ ok: true });
    expect((await parts.chat(CLIENT, `/${slug}/v1`)).status).toBe(404);
  });

  it('keys are verified at their own provider, one by one and many at once', async () => {
    const { slug } = await provider();
    const [dead, live] = await importKeys(slug, 'dead', 'live');
    parts.upstream.forKey(keyOf('dead'), reply.error(401));
    const one = await parts.post(`keys/${live?.id}/verify`);
    expect(one.json).toMatchObject({ outcome: 'alive', key: { id: live?.id } });
    const answer = await parts.post('keys/bulk', { action: 'verify', filter: { provider: slug } });
    expect((await finished(answer)).result).toMatchObject({ alive: 1, rejected: 1 });
    expect((await parts.get(`keys/${dead?.id}`)).json.status).toBe('disabled_auto');
    expect((await parts.post(`keys/${dead?.id}/reset`)).json.status).toBe('active');
  });

  it('deleted keys serve no more, and again after the undo', async () => {
    const { slug } = await provider();
    await importKeys(slug, 'a', 'b');
    const { json } = await parts.post('keys/bulk', { action: 'delete', filter: { provider: slug } });
    expect(json.task).toMatchObject({ state: 'succeeded', result: { changed: 2 } });
    expect((await parts.chat(CLIENT, `/${slug}/v1`)).status).toBe(503);
    const undone = await parts.post('keys/undo', { deletionId: json.task.result.deletionId });
    expect(undone.json).toEqual({ restored: 2, lost: 0 });
    expect((await parts.chat(CLIENT, `/${slug}/v1`)).status).toBe(200);
  });

  it('keys are revealed and exported on demand, and that is in the audit list', async () => {
    const { slug } = await provider();
    const [key] = await importKeys(slug, 'a');
    const audited = async (action: string) =>
      (await parts.get('audit?pageSize=500')).json.items.filter(
        (entry: { action: string }) => entry.action === action,
      ).length;
    const [reveals, exports] = [await audited('keys.reveal'), await audited('keys.export')];
    // Asked for past `ask`, whose answers must hold no secret.
    const raw = (method: string, path: string) =>
      fetch(`${parts.server.url}/api/admin/${path}`, {
        method,
        headers: { authorization: `Bearer ${ADMIN}` },
      });
    expect(await (await raw('POST', `keys/${key?.id}/reveal`)).json()).toEqual({ value: keyOf('a') });
    const file = await raw('GET', `keys/export?provider=${slug}&format=txt&secrets=true`);
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect(await file.text()).toBe(`${keyOf('a')}\n`);
    expect((await parts.get(`keys/export?provider=${slug}&format=json`)).json).toMatchObject([
      { key: key?.hint },
    ]);
    expect(await audited('keys.reveal')).toBe(reveals + 1);
    expect(await audited('keys.export')).toBe(exports + 2);
  });

  it('everything is there again after a restart of the settings: keys of the dashboard stay when .env changes', async () => {
    const { slug } = await provider();
    await importKeys(slug, 'a');
    await parts.patch('settings', { values: { API_KEYS: [...ENV_KEYS, keyOf('env')] } });
    secrets.push(keyOf('env'));
    expect((await parts.get(`keys?provider=${slug}`)).json.total).toBe(1);
    expect((await parts.get('keys?provider=default')).json.total).toBe(ENV_KEYS.length + 1);
    await parts.patch('settings', { values: { API_KEYS: ENV_KEYS } });
    expect((await parts.get('keys?provider=default')).json.total).toBe(ENV_KEYS.length);
  });
});

describe('tokens', () => {
  it('a token that was made here lets clients in, is counted, renamed, and revoked at once', async () => {
    const made = await fetch(`${parts.server.url}/api/admin/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}` },
      body: JSON.stringify({ name: HTML }),
    });
    const { token, item } = (await made.json()) as { token: string; item: { id: string; name: string } };
    secrets.push(token);
    expect(item.name).toBe(HTML);
    expect((await parts.chat(token)).status).toBe(200);
    const { json } = await parts.get('tokens');
    expect(json.items.find(({ id }: { id: string }) => id === item.id)).toMatchObject({
      requestCount: 1,
      source: 'dashboard',
    });
    expect((await parts.patch(`tokens/${item.id}`, { name: 'laptop' })).json.name).toBe('laptop');
    expect((await parts.delete(`tokens/${item.id}`)).status).toBe(200);
    expect((await parts.chat(token)).status).toBe(401);
    expect((await parts.delete(`tokens/${item.id}`)).status).toBe(404);
  });

  it('a token of the settings is not revoked here, and the answer says where', async () => {
    const { json } = await parts.get('tokens');
    const own = json.items.find(({ source }: { source: string }) => source === 'environment');
    const { status, json: refusal } = await parts.delete(`tokens/${own.id}`);
    expect(status).toBe(409);
    expect(refusal.error).toMatchObject({
      code: 'not_allowed',
      message: expect.stringContaining('ALLOWED_TOKENS') as unknown,
    });
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
    const total = async (query: string) =>
      (await parts.get(`logs/requests?provider=${slug}&${query}`)).json.items.length;
    await waitFor(async () => (await total('')) === 8, { what: 'all rows' });
    expect(await total(`model=${model}&status=2xx`)).toBe(7);
    expect(await total('status=400')).toBe(1);
    expect(await total('outcome=failure')).toBe(1);
    expect(await total('outcome=success')).toBe(7);
    expect(await total('text=BAD QUEST')).toBe(1);
    expect(await total('token=nobody')).toBe(0);
    expect(await total(`from=${Date.now() + 60_000}`)).toBe(0);

    const ids: string[] = [];
    let cursor = '';
    do {
      const { json } = await parts.get(
        `logs/requests?provider=${slug}&pageSize=3${cursor && `&cursor=${cursor}`}`,
      );
      ids.push(...json.items.map(({ id }: { id: string }) => id));
      cursor = json.nextCursor ?? '';
    } while (cursor !== '');
    expect(new Set(ids).size).toBe(8);
    const second = await parts.get(`logs/requests?provider=${slug}&pageSize=3&page=2`);
    expect(second.json.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(3, 6));

    const csv = (await parts.get(`logs/export?provider=${slug}&format=csv`)).text.trim().split('\r\n');
    expect(csv).toHaveLength(9);
    const jsonl = (await parts.get(`logs/export?provider=${slug}&format=jsonl`)).text.trim().split('\n');
    expect(jsonl.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(ids);

    await finished(await parts.post('logs/delete', { kind: 'requests', ids: ids.slice(0, 2) }));
    expect(await total('')).toBe(6);
    await finished(
      await parts.post('logs/delete', { kind: 'requests', filter: { provider: slug, status: '2xx' } }),
    );
    expect(await total('')).toBe(0);
  });

  it('traffic is in the overview, the series and the breakdowns', async () => {
    const { slug } = await provider();
    const [key] = await importKeys(slug, 'a');
    const model = `model-${test}`;
    for (let i = 0; i < 3; i++) await parts.chat(CLIENT, `/${slug}/v1`, model);
    const totals = { requests: 3, succeeded: 3, promptTokens: 9, completionTokens: 6, successRate: 1 };
    await waitFor(
      async () =>
        (await parts.get(`stats/timeseries?provider=${slug}&range=1h`)).json.points.some(
          ({ requests }: { requests: number }) => requests > 0,
        ),
      { what: 'the counts' },
    );
    for (const [range, buckets] of [
      ['1h', 60],
      ['24h', 96],
      ['7d', 168],
      ['30d', 120],
    ] as const) {
      const { json } = await parts.get(`stats/timeseries?provider=${slug}&range=${range}`);
      expect(json.points).toHaveLength(buckets);
      expect(json.points.reduce((sum: number, { requests }: { requests: number }) => sum + requests, 0)).toBe(
        3,
      );
    }
    const { json: overview } = await parts.get('stats/overview?range=1h');
    expect(overview.providers.find((one: { slug: string }) => one.slug === slug)).toMatchObject({
      keys: { total: 1, active: 1 },
      breaker: { state: 'closed' },
      totals,
    });
    expect(overview.rates.requestsPerMinute).toBeGreaterThanOrEqual(3);
    expect((await parts.get('stats/providers?range=1h')).json.items).toContainEqual({
      provider: slug,
      totals: expect.objectContaining(totals) as unknown,
    });
    expect((await parts.get(`stats/keys?range=1h&provider=${slug}`)).json.items).toMatchObject([
      { keyId: key?.id, hint: key?.hint, totals },
    ]);
    expect((await parts.get(`stats/models?range=1h&provider=${slug}`)).json.items).toMatchObject([
      { model, totals },
    ]);
  });

  it('keys that somebody should look at are listed by their last error', async () => {
    const { slug } = await provider({ maxFailures: 1 });
    await importKeys(slug, 'a', 'b');
    parts.upstream.forKey(keyOf('a'), reply.error(401, { message: 'revoked' }));
    for (let i = 0; i < 2; i++) await parts.chat(CLIENT, `/${slug}/v1`);
    const { json } = await parts.get('stats/attention');
    expect(json.items.filter((one: { provider: string }) => one.provider === slug)).toMatchObject([
      {
        errorStatus: 401,
        count: 1,
        disabled: 1,
        reasons: [{ count: 1, reason: expect.stringContaining('401') as unknown }],
      },
    ]);
  });
});

describe('proxies', () => {
  it('are added, tested, disabled and deleted, and never show their passwords', async () => {
    const closed = await startScriptedUpstream();
    const { port } = closed;
    await closed.stop();
    const text = `http://user:${PROXY_PASSWORD}@127.0.0.1:${port}`;
    const { json } = await parts.post('proxies', { text: `${text}\nftp://x`, isShared: false, note: HTML });
    expect(json).toMatchObject({ added: [{ note: HTML, hasPassword: true }], invalid: [{ line: 2 }] });
    const { id, version } = json.added[0];
    expect((await parts.post(`proxies/${id}/test`)).json).toMatchObject({
      ok: false,
      proxy: { failures: 1, status: 'failing' },
    });
    expect((await parts.post('proxies/test', { urls: [text] })).json.items).toMatchObject([{ ok: false }]);
    expect((await parts.patch(`proxies/${id}`, { version, enabled: false })).json.status).toBe(
      'disabled_manual',
    );
    expect((await parts.get('proxies?status=disabled')).json.items).toMatchObject([{ id }]);
    const bulk = await parts.post('proxies/bulk', { action: 'delete', ids: [id] });
    expect((await finished(bulk)).result).toMatchObject({ changed: 1 });
    expect((await parts.get(`proxies/${id}`)).status).toBe(404);
  });
});

describe('jobs and tasks', () => {
  it('a job is run by hand, and its result can be read', async () => {
    expect((await parts.post('jobs/roll-up-stats/run')).json).toMatchObject({ name: 'roll-up-stats' });
    const job = await waitFor(
      async () => {
        const { json } = await parts.get('jobs');
        const found = json.items.find(({ name }: { name: string }) => name === 'roll-up-stats');
        return found.lastResult !== null && found;
      },
      { what: 'the result' },
    );
    expect(job).toMatchObject({ isRunning: false, lastResult: { ok: true } });
    expect((await parts.post('jobs/no-such-job/run')).status).toBe(404);
  });

  it('a long task is cancelled, and what is done stays done', async () => {
    const { slug } = await provider();
    await importKeys(slug, ...Array.from({ length: 30 }, (_, index) => `k${index}`));
    const slow = reply.sseControlled();
    parts.upstream.fallbackReply = slow.reply;
    const answer = await parts.post('keys/bulk', { action: 'verify', filter: { provider: slug } });
    expect(answer.json.task).toMatchObject({ state: 'running', total: 30 });
    expect((await parts.post(`tasks/${answer.json.task.id}/cancel`)).json).toEqual({ ok: true });
    expect(await finished(answer)).toMatchObject({ state: 'cancelled' });
    expect((await parts.post(`tasks/${answer.json.task.id}/cancel`)).status).toBe(409);
    parts.upstream.fallbackReply = reply.healthy;
  });
});

describe('bad input', () => {
  const ID = 'no-such-id';
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
    ['GET', 'stats/overview?range=1y', undefined, 'range'],
    ['GET', 'audit?pageSize=0', undefined, 'pageSize'],
  ])('%s %s %j is refused with the field, and changes nothing', async (method, path, body, field) => {
    const before = await Promise.all(
      ['keys?pageSize=500', 'providers', 'tokens', 'proxies'].map((each) => parts.get(each)),
    );
    const { status, json } = await (method === 'GET'
      ? parts.get(path)
      : method === 'PATCH'
        ? parts.patch(path, body)
        : parts.post(path, body));
    expect(status, JSON.stringify(json)).toBe(400);
    expect(json.error.code).toBe('invalid_input');
    if (field !== undefined) expect(Object.keys(json.error.fields)).toContain(field);
    const after = await Promise.all(
      ['keys?pageSize=500', 'providers', 'tokens', 'proxies'].map((each) => parts.get(each)),
    );
    expect(after.map(({ json: { total } }) => total as number)).toEqual(
      before.map(({ json: { total } }) => total as number),
    );
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
    const { status, json } = await (method === 'GET'
      ? parts.get(path)
      : method === 'DELETE'
        ? parts.delete(path)
        : method === 'PATCH'
          ? parts.patch(path, {})
          : parts.post(path, {}));
    expect(status).toBe(404);
    expect(json.error.code).toBe('not_found');
  });

  it('a body that is far too large is refused', async () => {
    const { status, json } = await parts.post('keys/import', {
      provider: 'default',
      text: 'x'.repeat(21 * 2 ** 20),
    });
    expect(status).toBe(413);
    expect(json.error.code).toBe('body_too_large');
  });
});

it('the description of the API is itself behind the door, and describes what is asked here', async () => {
  const { json } = await parts.get('openapi.json');
  expect(json.openapi).toBe('3.1.0');
  expect(Object.keys(json.paths)).toContain('/api/admin/keys/import');
});

afterAll(() => {
  const answers = allAnswers();
  for (const secret of [...secrets, ...ENV_KEYS]) {
    expect(answers.includes(secret), `an answer holds ${secret}`).toBe(false);
    expect(parts.server.stdout().includes(secret), `the log holds ${secret}`).toBe(false);
  }
});
