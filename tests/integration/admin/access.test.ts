import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../lib/admin/contract/api';
import { auditApi } from '../../../lib/admin/contract/audit';
import { settingsApi } from '../../../lib/admin/contract/settings';
import { waitFor } from '../../support/wait-for';
import { ADMIN, ask, Browser, CLIENT, useServer } from './support';

const parts = useServer();
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Every address of the admin API, and one that it has not. */
const routes = [...new Set(ENDPOINTS.map(({ path }) => path)), '/no/such/thing'].map((path) =>
  path.slice(1).replace(/\{\w+\}/g, 'some-id'),
);

const session = (browser: Browser) => browser.send('GET', '/api/admin/session');

describe('without authorisation', () => {
  it('no method of any route answers with anything but a refusal, whatever is presented', async () => {
    expect(routes.length).toBeGreaterThan(40);
    const presented: Record<string, string>[] = [
      {},
      { authorization: `Bearer ${CLIENT}`, 'x-forwarded-for': '' },
      { cookie: 'next-auth.session-token=eyJhbGciOiJkaXIifQ..a.b.c' },
    ];
    let asked = 0;
    for (const path of routes) {
      for (const method of METHODS) {
        for (const [index, headers] of presented.entries()) {
          // Each wrong token from somewhere else, so that none of them has to wait.
          const from: Record<string, string> =
            index === 1 ? { 'x-forwarded-for': `198.51.${asked >> 8}.${asked & 255}` } : {};
          if (index === 1 && asked % 9 !== 0) {
            asked += 1;
            continue;
          }
          asked += 1;
          const { status, error } = await ask(parts.server.url, method, path, {
            headers: { ...headers, ...from },
          });
          expect([401, 405, 429], `${method} ${path}`).toContain(status);
          // Which methods there are is in the description of the API; that is said before anybody is asked.
          if (status === 405 && method !== 'HEAD') expect(error?.code).toBe('method_not_allowed');
        }
      }
    }
  });

  it('says in JSON what to do, and is not kept by anybody', async () => {
    const { status, error, headers } = await ask(parts.server.url, 'GET', 'keys', { headers: {} });
    expect(status).toBe(401);
    expect(error).toMatchObject({ code: 'unauthorized' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-request-id')).toMatch(/^req_/);
  });
});

describe('signing in', () => {
  it('lets the admin token in, with a cookie that scripts cannot read and other sites cannot send along', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.1');
    const answer = await browser.signIn(ADMIN);
    expect(answer).toMatchObject({ status: 200, error: null });
    const cookie = answer.setCookies.find((text) => text.startsWith('next-auth.session-token='));
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    expect(cookie).not.toMatch(/; Secure/);
    const { text } = await session(browser);
    expect(JSON.parse(text)).toMatchObject({ by: 'session' });
  });

  it('behind https the cookie goes over https only', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.2', true);
    const answer = await browser.signIn(ADMIN);
    const cookie = answer.setCookies.find((text) => text.startsWith('__Secure-next-auth.session-token='));
    expect(cookie).toMatch(/; Secure/);
    expect((await session(browser)).status).toBe(200);
  });

  it('refuses a client token and a wrong one alike', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.3');
    for (const token of [CLIENT, 'wrong', '']) {
      expect(await browser.signIn(token)).toMatchObject({ status: 401, error: 'CredentialsSignin' });
    }
    expect((await session(browser)).status).toBe(401);
  });

  it('the fifth failure within a minute has to wait, and says how long; the right token need not, nor others', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.4');
    for (let i = 0; i < 4; i++) expect((await browser.signIn('wrong')).error).toBe('CredentialsSignin');
    const locked = await browser.signIn('wrong');
    expect(locked).toMatchObject({ status: 429, error: 'locked:60' });
    expect(locked.headers.get('retry-after')).toBe('60');
    const bearer = (token: string) =>
      ask(parts.server.url, 'GET', 'session', {
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.4' },
      });
    const refused = await bearer('wrong');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await bearer(ADMIN)).status).toBe(200);
    expect((await browser.signIn(ADMIN)).error).toBeNull();
    expect((await new Browser(parts.server.url, '203.0.113.5').signIn(ADMIN)).error).toBeNull();
  });

  it('leads nowhere but back here', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.6');
    const { csrfToken } = JSON.parse((await browser.send('GET', '/api/auth/csrf')).text) as {
      csrfToken: string;
    };
    const form = new URLSearchParams({
      token: ADMIN,
      csrfToken,
      json: 'true',
      callbackUrl: 'https://evil.example/x',
    });
    const { text } = await browser.send('POST', '/api/auth/callback/credentials', form.toString());
    expect(JSON.parse(text)).toEqual({ url: '/' });
  });

  it('nothing else of next-auth answers', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.6');
    for (const action of ['_log', 'signin/credentials', 'session', 'verify-request', 'callback/other']) {
      expect((await browser.send('POST', `/api/auth/${action}`, 'level=error')).status).toBe(404);
    }
    expect((await browser.send('GET', '/api/auth/providers')).status).toBe(404);
  });
});

describe('a session', () => {
  it('ends when it is signed out of, also for a copy of its cookie', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.7');
    await browser.signIn(ADMIN);
    const copy = browser.cookieHeader;
    await browser.signOut();
    expect((await session(browser)).status).toBe(401);
    expect((await ask(parts.server.url, 'GET', 'session', { headers: { cookie: copy } })).status).toBe(401);
  });

  it('ends its live stream when it is signed out of', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.21');
    await browser.signIn(ADMIN);
    const live = await fetch(`${parts.server.url}/api/admin/live`, {
      headers: { cookie: browser.cookieHeader },
    });
    expect(live.status).toBe(200);
    await browser.signOut();
    // Never resolves while the stream goes on.
    expect(await live.text()).toContain('event: snapshot');
  });

  it('by http ends too when the browser signs out by https, and the browser forgets both', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.22');
    const secure = new Browser(parts.server.url, '203.0.113.22', true);
    await browser.signIn(ADMIN);
    await secure.signIn(ADMIN);
    const { csrfToken } = JSON.parse((await secure.send('GET', '/api/auth/csrf')).text) as {
      csrfToken: string;
    };
    const both = `${browser.cookieHeader}; ${secure.cookieHeader}`;
    const form = new URLSearchParams({ csrfToken, json: 'true' }).toString();
    const forged = await secure.send('POST', '/api/auth/signout', 'csrfToken=guess&json=true', {
      cookie: both,
    });
    expect(forged.setCookies.some((cookie) => cookie.includes('session-token=;'))).toBe(false);
    expect((await session(browser)).status).toBe(200);
    const { setCookies } = await secure.send('POST', '/api/auth/signout', form, { cookie: both });
    for (const name of ['__Secure-next-auth.session-token', 'next-auth.session-token']) {
      expect(setCookies.some((cookie) => cookie.startsWith(`${name}=;`))).toBe(true);
    }
    expect((await session(browser)).status).toBe(401);
    expect((await session(secure)).status).toBe(401);
  });

  it('changes things for pages of ours, and for no others', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.8');
    await browser.signIn(ADMIN);
    const run = (headers: Record<string, string>) =>
      ask(parts.server.url, 'POST', 'jobs/prune-logs/run', {
        headers: { cookie: browser.cookieHeader, ...headers },
      });
    expect((await run({ origin: parts.server.url })).status).toBe(200);
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const { status, error } = await run(headers as Record<string, string>);
      expect(status).toBe(403);
      expect(error).toMatchObject({ code: 'forbidden_origin' });
    }
    const read = await ask(parts.server.url, 'GET', 'keys/export?secrets=true', {
      headers: { cookie: browser.cookieHeader, 'sec-fetch-site': 'cross-site' },
    });
    expect(read.status).toBe(403);
  });

  it('is as long as ADMIN_SESSION_EXPIRE says, also one that is open', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.9');
    const before = Date.now();
    await browser.signIn(ADMIN);
    const expiresAt = async () =>
      (JSON.parse((await session(browser)).text) as { expiresAt: number }).expiresAt - before;
    expect(await expiresAt()).toBeGreaterThanOrEqual(3_600_000);
    await parts.call(settingsApi.update, { values: { ADMIN_SESSION_EXPIRE: 300 } });
    expect(await expiresAt()).toBeLessThan(400_000);
    // Asking next-auth for the session does not make it longer.
    await browser.send('GET', '/api/auth/session');
    expect(await expiresAt()).toBeLessThan(400_000);
    await parts.call(settingsApi.reset, { names: ['ADMIN_SESSION_EXPIRE'] });
  });

  it('ends when the admin token changes', async () => {
    const browser = new Browser(parts.server.url, '203.0.113.10');
    await browser.signIn(ADMIN);
    const other = `${ADMIN}-other`;
    await parts.call(settingsApi.update, { values: { AUTH_TOKEN: other } });
    expect((await session(browser)).status).toBe(401);
    const back = await ask(parts.server.url, 'PATCH', 'settings', {
      headers: { authorization: `Bearer ${other}` },
      body: { values: { AUTH_TOKEN: ADMIN } },
    });
    expect(back.status).toBe(200);
    expect((await new Browser(parts.server.url, '203.0.113.10').signIn(ADMIN)).error).toBeNull();
  });
});

it('signing in and out is in the audit list, with the address and without the token', async () => {
  const browser = new Browser(parts.server.url, '203.0.113.11');
  await browser.signIn(ADMIN);
  await browser.signOut();
  const entries = await waitFor(
    async () => {
      const { items } = await parts.call(auditApi.list, { pageSize: 100 });
      const own = items.filter(({ actor }) => actor === 'session 203.0.113.11');
      return own.length >= 2 ? own : undefined;
    },
    { what: 'both entries' },
  );
  expect(entries.map(({ action }) => action)).toEqual(['session.sign_out', 'session.sign_in']);
  expect(parts.server.stdout()).not.toContain(ADMIN);
});
