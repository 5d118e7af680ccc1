import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../support/server';
import { ADMIN, ask, Browser, CLIENT } from './support';

const METRICS = 'sk-metrics-0123456789-abcdefghij';
let server: RunningServer;
let lastHost = 0;

const start = () =>
  startServer({
    env: {
      ALLOWED_TOKENS: CLIENT,
      AUTH_TOKEN: ADMIN,
      METRICS_TOKEN: METRICS,
      BASE_URL: 'http://127.0.0.1:9/v1',
    },
  });

beforeAll(async () => {
  server = await start();
});

/** All come through one proxy, and it has so many wrong tokens only: what is counted is forgotten. */
async function restart(): Promise<void> {
  await server.stop();
  server = await start();
}

afterAll(() => server.stop());

/** Somebody behind the reverse proxy whom nobody has seen yet. */
const stranger = () => `203.0.113.${(lastHost += 1)}`;

type Place = (address: string, token: string) => Promise<Response>;

const bearer =
  (path: string, header = 'authorization'): Place =>
  (address, token) =>
    fetch(server.url + path, {
      headers: {
        'x-forwarded-for': address,
        [header]: header === 'authorization' ? `Bearer ${token}` : token,
      },
    });

const places: readonly [name: string, place: Place, right: string, allowed: number][] = [
  ['the admin API', bearer('/api/admin/session'), ADMIN, 4],
  ['/metrics', bearer('/metrics'), METRICS, 4],
  ['/v1 by bearer', bearer('/v1/'), CLIENT, 9],
  ['/v1 by x-api-key', bearer('/v1/', 'x-api-key'), CLIENT, 9],
  ['/v1 by api-key', bearer('/v1/', 'api-key'), ADMIN, 9],
];

describe.each(places)('guessing at %s', (_name, place, right, allowed) => {
  it('gets 429 with Retry-After after a few wrong tokens, and the right one is let in all the same', async () => {
    const address = stranger();
    for (let i = 0; i < allowed; i++) expect((await place(address, `guess-${i}`)).status).toBe(401);
    for (let i = 0; i < 3; i++) {
      const blocked = await place(address, 'guess');
      expect(blocked.status).toBe(429);
      expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(JSON.stringify(await blocked.json())).toMatch(/too_many/);
    }
    const before = await place(stranger(), right);
    expect((await place(address, right)).status).toBe(before.status);
    expect([401, 429]).not.toContain(before.status);
  });
});

it('counts the guesses at all places together', async () => {
  const address = stranger();
  for (let i = 0; i < 2; i++) {
    await bearer('/metrics')(address, 'guess');
    await bearer('/v1/')(address, 'guess');
  }
  expect((await new Browser(server.url, address).signIn('guess')).error).toBe('locked:60');
  expect((await bearer('/metrics')(address, 'guess')).status).toBe(429);
  expect((await new Browser(server.url, address).signIn(ADMIN)).error).toBeNull();
});

it('looks at no more of those that come at the same moment', async () => {
  await restart();
  for (const [name, place, , allowed] of places.slice(0, 3)) {
    const address = stranger();
    const guesses = Array.from({ length: 60 }, (_, i) => place(address, `guess-${i}`));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect([name, statuses.filter((status) => status === 401).length]).toEqual([name, allowed]);
    expect(statuses.filter((status) => status === 429)).toHaveLength(60 - allowed);
  }
  const address = stranger();
  const signIns = Array.from({ length: 20 }, (_, i) => new Browser(server.url, address).signIn(`guess-${i}`));
  const errors = (await Promise.all(signIns)).map(({ error }) => error);
  expect(errors.filter((error) => error?.startsWith('locked:') !== true)).toHaveLength(4);
});

it('who sends no token at all is told so, however often', async () => {
  const address = stranger();
  for (let i = 0; i < 30; i++) {
    const answer = await fetch(`${server.url}/v1/models`, { headers: { 'x-forwarded-for': address } });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('missing_token');
  }
});

it('a block is told of once, and the requests of who is blocked are not in the log', async () => {
  await restart();
  const address = stranger();
  for (let i = 0; i < 30; i++) await bearer('/v1/')(address, `guess-${i}`);
  const told = new RegExp(`^.*"${address}".*too many wrong tokens.*$`, 'gm');
  await server.waitForOutput(new RegExp(told.source, 'm'));
  // What is written later shows that nothing more was told in between.
  const from = server.stdout().length;
  await bearer('/v1/')(stranger(), 'guess');
  await server.waitForOutput(/invalid_token|too many wrong tokens/, { from });
  expect(server.stdout().match(told)).toHaveLength(1);
  const { status } = await ask(server.url, 'GET', 'logs/requests?pageSize=10');
  expect(status).toBe(200);
  expect(server.stdout()).not.toContain('"outcome":"too_many_wrong_tokens"');
});

it('a stranger who is somebody else each time waits in the end, and locks nobody out', async () => {
  await restart();
  let last = 0;
  for (let i = 0; i < 60; i++) last = (await bearer('/api/admin/session')(`198.51.100.${i}`, 'guess')).status;
  expect(last).toBe(429);
  for (const address of ['198.51.100.3', stranger()]) {
    expect((await bearer('/api/admin/session')(address, ADMIN)).status).toBe(200);
    expect((await new Browser(server.url, address).signIn(ADMIN)).error).toBeNull();
  }
});
