import { expect, it } from 'vitest';
import { ADMIN_BASE } from '../../../../lib/admin/contract/addresses';
import { ENDPOINTS } from '../../../../lib/admin/contract/api';
import { AdminAuth } from '../../../../lib/auth/admin-auth';
import { UNKNOWN_ADDRESS } from '../../../../lib/auth/client-address';
import { GuessLimiter } from '../../../../lib/auth/guess-limiter';
import { defaultSettings } from '../../../../lib/config/settings';
import { AdminApi } from '../../../../lib/http/admin/admin-api';
import { world } from '../../admin/support';

const TOKEN = 'sk-admin-0123456789';

async function adminApi(): Promise<AdminApi> {
  const { context, clock } = await world();
  const now = () => clock.now;
  const auth = new AdminAuth({
    encryptionKey: Buffer.alloc(32, 1),
    adminToken: () => TOKEN,
    sessionSeconds: () => 3600,
    oidc: () => defaultSettings,
    limiter: new GuessLimiter(now),
    now,
    saveSignedOut: () => Promise.resolve(),
  });
  return new AdminApi({
    auth,
    now,
    addressOf: () => UNKNOWN_ADDRESS,
    parts: context,
    onChanged: () => Promise.resolve(),
    onBug: (error) => {
      throw error;
    },
  });
}

const asked = (method: string, path: string, body?: unknown, token = TOKEN) =>
  new Request(`http://localhost${ADMIN_BASE}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

it('answers every endpoint of the contract, and never as if it were not there', async () => {
  const api = await adminApi();
  for (const { method, path, name } of ENDPOINTS) {
    const request = asked(method, path.replace(/\{\w+\}/g, 'some-id'), method === 'GET' ? undefined : {});
    const response = await api.handle(request);
    const text = name === 'live.follow' ? '' : await response.text();
    expect(text, name).not.toContain('There is no such endpoint');
    expect([200, 400, 404, 409], `${name}: ${text}`).toContain(response.status);
    if (response.body?.locked === false) await response.body.cancel();
  }
});

it('tells an address of the table from a parameter, and decodes parameters', async () => {
  const api = await adminApi();
  const bulk = await api.handle(asked('POST', '/keys/bulk', {}));
  expect([bulk.status, await codeOf(bulk)]).toEqual([400, 'invalid_input']);
  const name = encodeURIComponent('x'.repeat(40) + '/' + 'y'.repeat(40));
  const tooLong = await api.handle(asked('POST', `/jobs/${name}/run`));
  expect(await tooLong.json()).toMatchObject({
    error: { fields: { name: 'must be 64 characters at most' } },
  });
});

it('refuses methods that an address does not have, naming those it has, whoever asks', async () => {
  const api = await adminApi();
  for (const token of [TOKEN, 'wrong']) {
    const response = await api.handle(asked('OPTIONS', '/keys/some-id', undefined, token));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, PATCH, DELETE']);
    expect(await codeOf(response)).toBe('method_not_allowed');
  }
});

it('tells strangers nothing of what there is', async () => {
  const api = await adminApi();
  for (const path of ['/no/such', '/keys', '']) {
    expect((await api.handle(asked('GET', path, undefined, 'wrong'))).status, path).toBe(401);
  }
  expect(await codeOf(await api.handle(asked('GET', '/no/such')))).toBe('not_found');
});

it('goes by the path as it was written, whatever its dots would lead to', async () => {
  const api = await adminApi();
  for (const path of [`${ADMIN_BASE}/x/../keys`, '/api/admin/%2e%2e/admin/keys', '/api/other/keys']) {
    expect((await api.handle(asked('GET', '/keys'), path)).status, path).toBe(404);
  }
});

it('a HEAD has what a GET has, without the body', async () => {
  const api = await adminApi();
  const get = await api.handle(asked('GET', '/session'));
  const head = await api.handle(asked('HEAD', '/session'));
  expect([head.status, head.body]).toEqual([200, null]);
  const headersOf = ({ headers }: Response) => [...headers].filter(([name]) => name !== 'x-request-id');
  expect(headersOf(head)).toEqual(headersOf(get));
  expect(Number(get.headers.get('content-length'))).toBe(Buffer.byteLength(await get.text()));
});

it('a page that asks beforehand gets what the browser would, and only with a right to it', async () => {
  const api = await adminApi();
  const ask = await api.enter(new Headers({ authorization: `Bearer ${TOKEN}` }));
  const over: unknown = await (await api.handle(asked('GET', '/audit?pageSize=2'))).json();
  expect(await ask('audit.list', { query: { pageSize: 2 } })).toEqual(over);
  await expect(ask('audit.list', { query: { pageSize: 0 } })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  await expect(api.enter(new Headers())).rejects.toMatchObject({ code: 'unauthorized' });
});

it('refuses a parameter that is there twice, and does not choose one', async () => {
  const api = await adminApi();
  const answer = await api.handle(asked('GET', '/audit?pageSize=2&page=1&pageSize=3'));
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { error: { code: 'invalid_input', fields: { pageSize: 'must be given only once' } } },
  ]);
});
