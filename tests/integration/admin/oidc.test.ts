import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../lib/admin/contract/api';
import { auditApi } from '../../../lib/admin/contract/audit';
import { logsApi } from '../../../lib/admin/contract/logs';
import { settingsApi } from '../../../lib/admin/contract/settings';
import { isAtLeast, ROLES, type Role } from '../../../lib/auth/role';
import { OIDC_CLIENT, startImpostor, TestOidcProvider, visitProvider } from '../../support/oidc';
import { reply } from '../../support/scripted-upstream';
import { startServer } from '../../support/server';
import { makeCertificate } from '../../support/tls';
import { waitFor } from '../../support/wait-for';
import { ADMIN, ask, Browser, CLIENT, ENV_KEYS, useServer } from './support';

const parts = useServer();
let provider: TestOidcProvider;

const ACCOUNTS = {
  anna: {
    name: 'Anna Example',
    email: 'anna@example.org',
    email_verified: true,
    groups: ['staff', 'gateway-admins'],
  },
  otto: { name: 'Otto 奥托', email: 'otto@example.org', email_verified: true, groups: ['on-call'] },
  vera: { name: 'Vera', email: 'Vera@Example.com', email_verified: true, groups: 'not-a-list' },
  mallory: {
    name: 'anna@example.org',
    email: 'anna@example.com',
    email_verified: false,
    groups: ['*', '@example.com'],
  },
  path: { name: 'Path', realm_access: { roles: ['deep'] } },
};

const LISTS = {
  OIDC_ADMINS: ['gateway-admins'],
  OIDC_OPERATORS: ['on-call'],
  OIDC_VIEWERS: ['@example.com', 'staff'],
};

const set = (values: Record<string, unknown>) => parts.call(settingsApi.update, { values } as never);
const visitor = () => new Visitor(parts.server.url);

/** A browser that can go through the provider's pages too. */
class Visitor extends Browser {
  async #token(): Promise<string> {
    return (JSON.parse((await this.send('GET', '/api/auth/csrf')).text) as { csrfToken: string }).csrfToken;
  }

  /** The address that the sign-in page would lead to. */
  async begin(next = '/'): Promise<string> {
    const form = new URLSearchParams({ csrfToken: await this.#token(), json: 'true', callbackUrl: next });
    const { status, text } = await this.send('POST', '/api/auth/signin/oidc', form.toString());
    expect(status, text).toBe(200);
    return (JSON.parse(text) as { url: string }).url;
  }

  /** With the provider's answer. Gives the path that the browser is led to. */
  async comeBack({ pathname, search }: URL): Promise<string> {
    const { status, headers } = await this.send('GET', `${pathname}${search}`, undefined, {
      'sec-fetch-site': 'cross-site',
    });
    expect(status).toBe(302);
    return headers.get('location') ?? '';
  }

  async enter(login: string, next = '/'): Promise<string> {
    return this.comeBack(await visitProvider(await this.begin(next), login));
  }

  async session() {
    const { status, text } = await this.send('GET', '/api/admin/session');
    return { status, ...(JSON.parse(text) as { role?: Role; name?: string; by?: string }) };
  }

  ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}) {
    return ask(parts.server.url, method, path, {
      body,
      headers: { cookie: this.cookieHeader, 'sec-fetch-site': 'same-origin', ...more },
    });
  }
}

function endless(res: ServerResponse): void {
  const more = (): void => {
    while (!res.destroyed && res.write('[1,'.repeat(10_000)));
    res.once('drain', more);
  };
  more();
}

function signed(claims: object, key: KeyObject): string {
  const encoded = [{ alg: 'RS256', kid: 'k' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const text = encoded.join('.');
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

async function entered(login: string): Promise<Visitor> {
  const browser = visitor();
  expect(await browser.enter(login)).toBe('/');
  return browser;
}

const OIDC = () => ({
  OIDC_ISSUER: provider.issuer,
  OIDC_CLIENT_ID: OIDC_CLIENT.id,
  OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
  OIDC_SCOPES: 'openid email profile groups',
  OIDC_ROLES_CLAIM: 'groups',
  ...LISTS,
});

beforeAll(async () => {
  provider = await TestOidcProvider.start({
    redirectUri: `${parts.server.url}/api/auth/callback/oidc`,
    accounts: ACCOUNTS,
  });
});
afterAll(() => provider.stop());
beforeEach(async () => {
  provider.intercept = () => false;
  await set(OIDC());
});

describe('signing in at the provider', () => {
  it.each([
    ['anna', 'admin', 'Anna Example', 'a group among others'],
    ['otto', 'operator', 'Otto 奥托', 'a group'],
    ['vera', 'viewer', 'Vera', 'the domain of a verified address'],
  ])('makes %s %s, by %s', async (login, role, name) => {
    const browser = await entered(login);
    expect(await browser.session()).toMatchObject({ status: 200, by: 'oidc', role, name });
  });

  it('works with a public client, other keys than RSA, and groups that stand in the ID token', async () => {
    const other = await TestOidcProvider.start({
      redirectUri: `${parts.server.url}/api/auth/callback/oidc`,
      accounts: ACCOUNTS,
      isPublic: true,
      inIdToken: true,
      algorithm: 'ES256',
    });
    await set({ OIDC_ISSUER: other.issuer, OIDC_CLIENT_SECRET: '' });
    expect(await (await entered('otto')).session()).toMatchObject({ role: 'operator' });
    await other.stop();
  });

  it('leads back to the page that was asked for, and to no other site', async () => {
    expect(await visitor().enter('anna', '/keys?status=cooling')).toBe('/keys?status=cooling');
    expect(await visitor().enter('anna', 'https://elsewhere.example/')).toBe('/');
  });

  it('asks with PKCE, state and nonce, and is led back to this server', async () => {
    const { searchParams } = new URL(await visitor().begin());
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: OIDC_CLIENT.id,
      response_type: 'code',
      scope: 'openid email profile groups',
      code_challenge_method: 'S256',
      redirect_uri: `${parts.server.url}/api/auth/callback/oidc`,
    });
    for (const name of ['code_challenge', 'state', 'nonce'])
      expect(searchParams.get(name)?.length).toBeGreaterThan(20);
  });

  it('takes a proxy in front at its word about the address to lead back to', async () => {
    const browser = visitor();
    const { csrfToken } = JSON.parse((await browser.send('GET', '/api/auth/csrf')).text) as {
      csrfToken: string;
    };
    const proxied = { 'x-forwarded-host': 'gateway.example.org', 'x-forwarded-proto': 'https' };
    // Over HTTPS the proof has another name.
    const cookie = browser.cookieHeader.replace('next-auth.csrf-token', '__Host-next-auth.csrf-token');
    const form = new URLSearchParams({ csrfToken, json: 'true' }).toString();
    const { text } = await browser.send('POST', '/api/auth/signin/oidc', form, { cookie, ...proxied });
    const { searchParams } = new URL((JSON.parse(text) as { url: string }).url);
    expect(searchParams.get('redirect_uri')).toBe('https://gateway.example.org/api/auth/callback/oidc');
  });

  it('without a matching entry nobody gets in, and the page says who it was', async () => {
    await set({ OIDC_VIEWERS: [] });
    const browser = visitor();
    expect(await browser.enter('vera', '/logs')).toBe('/login?error=no_role&next=%2Flogs');
    expect((await browser.session()).status).toBe(401);
    const page = await browser.send('GET', '/login?error=no_role&next=%2Flogs');
    expect(page.text).toContain('You are signed in as Vera, but you have no role here.');
    const { items } = await parts.call(auditApi.list, {});
    expect(items[0]).toMatchObject({
      actor: 'oidc vera@example.com 127.0.0.1',
      action: 'session.sign_in_refused',
    });
  });

  it('an address that is not verified counts for nothing, nor does a value that looks like an entry', async () => {
    await set({ OIDC_ADMINS: ['anna@example.com', '@example.com'] });
    expect(await visitor().enter('mallory')).toBe('/login?error=no_role');
    const { items } = await parts.call(auditApi.list, {});
    expect(items[0]?.actor).toBe('oidc sub:mallory 127.0.0.1');
  });

  it('finds roles by a path, and lets everybody in where * says so', async () => {
    await set({ OIDC_ROLES_CLAIM: 'realm_access.roles', OIDC_OPERATORS: ['deep'], OIDC_VIEWERS: ['*'] });
    expect(await (await entered('path')).session()).toMatchObject({ role: 'operator' });
    expect(await (await entered('mallory')).session()).toMatchObject({ role: 'viewer' });
  });

  it('is in the audit list, which names the person and not the name they gave themselves', async () => {
    const browser = await entered('otto');
    await browser.ask('POST', 'jobs/prune-logs/run');
    const { items } = await parts.call(auditApi.list, {});
    const actor = 'oidc otto@example.org 127.0.0.1';
    expect(items.find(({ action }) => action === 'session.sign_in')).toMatchObject({
      actor,
      detail: { role: 'operator' },
    });
    expect(items[0]).toMatchObject({ actor, action: 'jobs.run' });
    await browser.signOut();
    expect((await parts.call(auditApi.list, {})).items[0]).toMatchObject({
      actor,
      action: 'session.sign_out',
    });
    expect((await browser.session()).status).toBe(401);
  });

  it('keeps neither code nor token nor secret, and a cookie that fits', async () => {
    const browser = visitor();
    const back = await visitProvider(await browser.begin(), 'anna');
    await browser.comeBack(back);
    const code = back.searchParams.get('code') ?? 'none';
    for (const secret of [code, back.searchParams.get('state') ?? 'none', OIDC_CLIENT.secret]) {
      expect(parts.server.stdout()).not.toContain(secret);
      expect(JSON.stringify(await parts.call(auditApi.list, {}))).not.toContain(secret);
      expect(JSON.stringify(await parts.call(settingsApi.read, {}))).not.toContain(secret);
    }
    expect(browser.cookieHeader).not.toContain('session-token.1');
  });
});

describe('what somebody else sends', () => {
  const refused = async (browser: Visitor, back: URL, error = 'stale') => {
    expect(await browser.comeBack(back)).toBe(`/login?error=${error}`);
    expect((await browser.session()).status).toBe(401);
  };

  it('an answer to a sign-in of another browser is refused', async () => {
    const back = await visitProvider(await visitor().begin(), 'anna');
    await refused(visitor(), back);
    const other = visitor();
    await other.begin();
    await refused(other, back);
  });

  it('a forged state is refused, and so is a code that was used', async () => {
    const browser = visitor();
    const back = await visitProvider(await browser.begin(), 'anna');
    const forged = new URL(back);
    forged.searchParams.set('state', 'forged');
    await refused(browser, forged);
    const again = visitor();
    const used = await visitProvider(await again.begin(), 'anna');
    const cookies = again.cookieHeader;
    expect(await again.comeBack(used)).toBe('/');
    const replay = await again.send('GET', `${used.pathname}${used.search}`, undefined, { cookie: cookies });
    expect(replay.headers.get('location')).toBe('/login?error=stale');
    expect(replay.setCookies.some((cookie) => cookie.includes('session-token=ey'))).toBe(false);
  });

  it('costs nobody who signs in at the same moment anything', async () => {
    const tries = Array.from({ length: 8 }, async (_, at) => {
      const browser = visitor();
      const back = await visitProvider(await browser.begin(), 'anna');
      if (at % 2 === 1) back.searchParams.set('code', 'forged');
      return { browser, back };
    });
    const ready = await Promise.all(tries);
    const ends = await Promise.all(ready.map(({ browser, back }) => browser.comeBack(back)));
    expect(ends).toEqual(ready.map((_, at) => (at % 2 === 1 ? '/login?error=stale' : '/')));
  });

  it('says so when the provider refuses, in whatever language it does', async () => {
    const browser = visitor();
    const state = new URL(await browser.begin()).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ error: 'access_denied', error_description: '拒绝', state });
    await refused(browser, new URL(`${parts.server.url}/api/auth/callback/oidc?${query}`), 'refused');
    const page = await browser.send('GET', '/login?error=refused');
    expect(page.text).toContain('The single sign-on has not let you in.');
  });

  it('a text of a stranger gets into no log, and of the provider no more than a code', async () => {
    const callback = (query: Record<string, string>) =>
      new URL(`${parts.server.url}/api/auth/callback/oidc?${new URLSearchParams(query)}`);
    await refused(visitor(), callback({ error: 'words of a stranger' }));
    const browser = visitor();
    const state = new URL(await browser.begin()).searchParams.get('state') ?? '';
    await refused(browser, callback({ error: 'words of a stranger', state: 'forged' }));
    await refused(browser, callback({ error: 'words of a stranger', state }), 'unfit');
    await refused(browser, callback({ error: 'login_required', state }), 'refused');
    const isLogged = () => parts.server.stdout().includes('"problem":"login_required"');
    await waitFor(isLogged, { what: 'the code in the log' });
    expect(parts.server.stdout()).toContain('error_without_state');
    expect(parts.server.stdout()).not.toContain('words of a stranger');
  });

  it('a session of another secret, and one of another provider or client, is none', async () => {
    const browser = await entered('anna');
    await set({ OIDC_CLIENT_ID: 'another' });
    expect((await browser.session()).status).toBe(401);
    await set({ OIDC_CLIENT_ID: OIDC_CLIENT.id, OIDC_ISSUER: '' });
    expect((await browser.session()).status).toBe(401);
    await set(OIDC());
    expect((await browser.session()).status).toBe(200);
    await set({ AUTH_TOKEN: 'another-admin-token-0123456789' });
    try {
      expect((await browser.session()).status).toBe(401);
    } finally {
      await ask(parts.server.url, 'PATCH', 'settings', {
        body: { values: { AUTH_TOKEN: ADMIN } },
        headers: { authorization: 'Bearer another-admin-token-0123456789' },
      });
    }
  });

  it('a write from another origin is refused whatever the role', async () => {
    const browser = await entered('anna');
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': '', origin: 'https://evil.example' },
    ];
    for (const headers of foreign) {
      const { status, error } = await browser.ask('POST', 'jobs/prune-logs/run', undefined, headers);
      expect({ status, code: error?.code }).toEqual({ status: 403, code: 'forbidden_origin' });
    }
  });

  it('without OpenID there is no such way, and the sign-in page knows nothing of it', async () => {
    await set({ OIDC_ISSUER: '' });
    const browser = visitor();
    expect((await browser.send('POST', '/api/auth/signin/oidc', 'json=true')).status).toBe(404);
    expect((await browser.send('GET', '/api/auth/callback/oidc?code=a&state=b')).status).toBe(404);
    expect((await browser.send('GET', '/login')).text).not.toContain('Single sign-on');
  });
});

describe('a provider that cannot be used', () => {
  const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
  const SIGN_IN = 'Single sign-on';

  /** How signing in there ends, with the sign-in page and the admin token still at work. */
  async function tried(issuer: string, error: string): Promise<void> {
    await set({ OIDC_ISSUER: issuer });
    const browser = visitor();
    expect(await browser.begin('/logs')).toBe(`/login?error=${error}&next=%2Flogs`);
    expect((await browser.send('GET', `/login?error=${error}`)).text).toContain(SIGN_IN);
    expect((await browser.signIn(ADMIN)).error).toBeNull();
    expect(parts.server.stdout()).toContain('signing in at the OpenID provider failed');
  }

  it('is down', async () => {
    const gone = await startImpostor(() => undefined);
    await gone.stop();
    await tried(gone.issuer, 'unreachable');
  });

  it('never answers', async () => {
    const silent = await startImpostor(() => undefined);
    await tried(silent.issuer, 'unreachable');
    await silent.stop();
  });

  it('answers without an end', async () => {
    const endlessly = await startImpostor((_req, res) => endless(res));
    await tried(endlessly.issuer, 'unreachable');
    await endlessly.stop();
  });

  it.each([
    ['nonsense', () => 'nonsense'],
    ['no object', () => '[]'],
    ['another issuer', () => JSON.stringify(metadata('https://elsewhere.example'))],
    [
      'a page that runs scripts',
      (issuer: string) =>
        JSON.stringify({ ...metadata(issuer), authorization_endpoint: 'javascript:alert(1)' }),
    ],
    [
      'no signature',
      (issuer: string) =>
        JSON.stringify({ ...metadata(issuer), id_token_signing_alg_values_supported: ['none', 'HS256'] }),
    ],
  ])('answers %s when asked who it is', async (_name, answer) => {
    const impostor = await startImpostor((req, res) => {
      res.setHeader('content-type', 'application/json');
      res.end(answer(`http://${req.headers.host}`));
    });
    await tried(impostor.issuer, 'unfit');
    await impostor.stop();
  });

  it('has a certificate that nobody vouches for', async () => {
    const certificate = await makeCertificate();
    const impostor = await startImpostor((_req, res) => res.end('{}'), certificate);
    await tried(impostor.issuer, 'certificate');
    await impostor.stop();
    await certificate.remove();
  });

  it.each([
    ['/token', 'breaks off', 'unreachable'],
    ['/jwks', 'breaks off', 'unreachable'],
    ['/me', 'breaks off', 'unreachable'],
    ['/token', 'hangs', 'unreachable'],
    ['/jwks', 'never ends', 'unreachable'],
    ['/jwks', 'hangs', 'unreachable'],
    ['/token', 'fails', 'unreachable'],
    ['/me', 'answers null', 'unfit'],
    ['/me', 'answers []', 'unfit'],
    ['/token', 'speaks no HTTP', 'unreachable'],
    ['/token', 'has a head without an end', 'unreachable'],
    ['/token', 'changes the protocol', 'unfit'],
    ['/jwks', 'changes the protocol', 'unfit'],
    ['/me', 'changes the protocol', 'unfit'],
  ])('at %s %s on the way back', async (path, how, error) => {
    const browser = visitor();
    const back = await visitProvider(await browser.begin(), 'anna');
    provider.intercept = (req, res) => {
      if (req.url?.startsWith(path) !== true) return false;
      if (how === 'breaks off') res.socket?.destroy();
      if (how === 'fails') res.writeHead(503).end('no');
      if (how.startsWith('answers')) res.setHeader('content-type', 'application/json').end(how.slice(8));
      if (how === 'speaks no HTTP') res.socket?.end('SSH-2.0-nothing\r\n');
      if (how === 'has a head without an end')
        res.socket?.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`);
      if (how === 'changes the protocol') res.socket?.write(SWITCHED);
      if (how === 'never ends') endless(res);
      return true;
    };
    expect(await browser.comeBack(back)).toBe(`/login?error=${error}`);
    expect((await browser.session()).status).toBe(401);
  });

  it('answers nonsense on the way back', async () => {
    const browser = visitor();
    const back = await visitProvider(await browser.begin(), 'anna');
    provider.intercept = (req, res) => {
      if (req.url?.startsWith('/token') !== true) return false;
      res
        .setHeader('content-type', 'application/json')
        .end('{"access_token":"a","token_type":"Bearer","id_token":"e30.e30.e30"}');
      return true;
    };
    expect(await browser.comeBack(back)).toBe('/login?error=unfit');
    expect(parts.server.stdout()).not.toContain('e30.e30');
  });

  it.each([
    ['is as it should be', {}, '/'],
    ['is for another client', { azp: 'another-client' }, '/login?error=unfit'],
    ['is from the future', { iat: Date.now() / 1000 + 9000 }, '/login?error=unfit'],
    ['has a subject too long', { sub: 'x'.repeat(256) }, '/login?error=unfit'],
  ])('gives an ID token that %s', async (_what, more, path) => {
    const browser = visitor();
    const begun = await browser.begin();
    const back = await visitProvider(begun, 'anna');
    const now = Math.floor(Date.now() / 1000);
    const told = {
      iss: provider.issuer,
      sub: 'anna',
      aud: OIDC_CLIENT.id,
      nonce: new URL(begun).searchParams.get('nonce'),
      iat: now,
      exp: now + 99_999,
    };
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    provider.intercept = (req, res) => {
      const claims = { ...told, ...more };
      const answers: Record<string, unknown> = {
        '/token': { access_token: 'a', token_type: 'Bearer', id_token: signed(claims, privateKey) },
        '/jwks': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }] },
        '/me': { sub: claims.sub, groups: ['staff'] },
      };
      const answer = answers[req.url ?? ''];
      if (answer === undefined) return false;
      res.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      return true;
    };
    expect(await browser.comeBack(back)).toBe(path);
  });

  const metadata = (issuer: string) => ({
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  });
});

it('goes over HTTPS to a provider with a certificate of an authority that it was told of', async () => {
  const certificate = await makeCertificate();
  const server = await startServer({
    env: { AUTH_TOKEN: ADMIN, ALLOWED_TOKENS: CLIENT, NODE_EXTRA_CA_CERTS: certificate.certPath },
  });
  const redirectUri = `${server.url}/api/auth/callback/oidc`;
  const secure = await TestOidcProvider.start({ redirectUri, accounts: ACCOUNTS, tls: certificate });
  try {
    const values = { ...OIDC(), OIDC_ISSUER: secure.issuer };
    expect((await ask(server.url, 'PATCH', 'settings', { body: { values } })).status).toBe(200);
    const browser = new Visitor(server.url);
    const back = await visitProvider(await browser.begin(), 'anna', certificate.cert);
    expect(await browser.comeBack(back)).toBe('/');
    expect(await browser.session()).toMatchObject({ role: 'admin', name: 'Anna Example' });
  } finally {
    await secure.stop();
    await server.stop();
    await certificate.remove();
  }
});

describe('a role', () => {
  it('that is taken away is gone at the next request, and ends the live stream', async () => {
    const browser = await entered('anna');
    const live = await fetch(`${parts.server.url}/api/admin/live`, {
      headers: { cookie: browser.cookieHeader },
    });
    const ended = live.text().then(() => true);
    await set({ OIDC_ADMINS: [], OIDC_VIEWERS: ['staff'] });
    expect(await browser.session()).toMatchObject({ status: 200, role: 'viewer' });
    const { status, error } = await browser.ask('PATCH', 'settings', { values: { OIDC_ADMINS: ['staff'] } });
    expect(status).toBe(403);
    expect(error).toMatchObject({
      code: 'role_required',
      message: 'This needs the role admin; yours is viewer.',
    });
    await set({ OIDC_VIEWERS: [] });
    expect((await browser.session()).status).toBe(401);
    expect(await ended).toBe(true);
    await set(LISTS);
    expect(await browser.session()).toMatchObject({ status: 200, role: 'admin' });
  });

  it('is enough for exactly what the contract says, at every endpoint', async () => {
    const browsers = {
      viewer: await entered('vera'),
      operator: await entered('otto'),
      admin: await entered('anna'),
    };
    for (const { name, method, path, role: needed } of ENDPOINTS) {
      if (name === 'live.follow') continue;
      for (const role of ROLES) {
        const address = path.slice(1).replace(/\{\w+\}/g, 'no-such-thing');
        // What is let in is refused for its input, so nothing is done.
        const body = method === 'GET' || method === 'DELETE' ? undefined : 'no JSON';
        const { status, error } = await browsers[role].ask(method, address, body);
        const mayCome = isAtLeast(role, needed);
        expect(error?.code === 'role_required', `${role} at ${name}: ${status}`).toBe(!mayCome);
        expect(status === 403, `${role} at ${name}: ${status}`).toBe(!mayCome);
      }
    }
  });

  it.each([
    ['POST', 'keys/bulk', { action: 'delete', filter: {} }],
    ['POST', 'keys/bulk', { action: 'move', filter: {}, to: 'default' }],
    ['POST', 'keys/bulk', { action: 'edit', filter: {}, set: { account: 'mine' } }],
    ['PATCH', 'keys/any', { weight: 2 }],
    ['PATCH', 'keys/any', { provider: 'default' }],
    ['GET', 'keys/export?secrets=true', undefined],
    ['POST', 'keys/export', { secrets: true, filter: {} }],
    ['GET', 'tokens/export?secrets=true', undefined],
    ['POST', 'proxies/bulk', { action: 'delete-failed', all: true }],
    ['PATCH', 'proxies/any', { isShared: false }],
  ])('of an operator is not enough for %s %s with %j', async (method, path, body) => {
    const browser = await entered('otto');
    const { status, error } = await browser.ask(method, path, body);
    expect({ status, code: error?.code }).toEqual({ status: 403, code: 'role_required' });
  });

  it('of an operator is enough for what heals, and for files without secrets', async () => {
    const browser = await entered('otto');
    expect((await browser.ask('POST', 'keys/bulk', { action: 'reset', filter: {} })).status).toBe(200);
    expect((await browser.ask('GET', 'keys/export')).status).toBe(200);
    const keys = JSON.parse((await browser.ask('GET', 'keys')).text) as { items: { id: string }[] };
    const { status } = await browser.ask('PATCH', `keys/${keys.items[0]?.id}`, {
      note: 'mine',
      enabled: true,
    });
    expect(status).toBe(200);
  });

  it('of a viewer shows no request body that was recorded, and says that there is one', async () => {
    await set({ ERROR_LOG_RECORD_REQUEST_BODY: true });
    parts.upstream.forKey(ENV_KEYS[0] ?? '', reply.error(500)).forKey(ENV_KEYS[1] ?? '', reply.error(500));
    parts.upstream.forKey(ENV_KEYS[2] ?? '', reply.error(500));
    await parts.chat();
    const body = await waitFor(async () => (await parts.call(logsApi.errors, {})).items[0], {
      what: 'the error',
    });
    const story = async (login: string) => {
      const browser = await entered(login);
      const { text } = await browser.ask('GET', `logs/${body.id}`);
      return (JSON.parse(text) as { errors: { requestBody: string | null; isBodyHidden: boolean }[] })
        .errors[0];
    };
    expect(await story('vera')).toMatchObject({ requestBody: null, isBodyHidden: true });
    expect(await story('otto')).toMatchObject({ isBodyHidden: false });
    expect((await story('otto'))?.requestBody).toContain('Hello');
  });
});
