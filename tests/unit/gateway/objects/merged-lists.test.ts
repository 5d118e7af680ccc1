import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { switchKey } from '../../../../lib/balancer/pool/switch-key';
import type { Settings } from '../../../../lib/config/settings';
import { KnownOwners } from '../../../../lib/ownership/known-owners';
import { systemClock } from '../../../../lib/process/system-ports';
import { startGateway, type Injected } from '../../../support/gateway';
import { waitFor } from '../../../support/wait-for';
import { ListProvider, type Listed } from '../../../support/list-provider';

let provider: ListProvider;
beforeEach(async () => {
  provider = await ListProvider.start();
  return () => provider.stop();
});

const none = async () => undefined;
const open: KnownOwners[] = [];
afterAll(async () => {
  for (const owners of open) await owners.close();
});

const KEYS = ['sk-a', 'sk-b', 'sk-c'];
const HEADER = 'x-openai-balance-list';
const MISSING = 'x-openai-balance-list-missing';

/** Patience is over as soon as the test says so. */
function start(settings: Partial<Settings> = {}) {
  const store = { find: async () => [], save: none, delete: none };
  const owners = new KnownOwners({
    store,
    formerKeys: { accountOf: none },
    now: () => Date.now(),
    onError: () => undefined,
  });
  open.push(owners);
  const overs: (() => void)[] = [];
  const clock = {
    now: () => systemClock.now(),
    sleep: (
      _ms: number,
      signal: { addEventListener: (type: 'abort', call: () => void, once: { once: true }) => void },
    ) =>
      new Promise<void>((resolve) => {
        overs.push(resolve);
        signal.addEventListener('abort', resolve, { once: true });
      }),
  };
  const given = { BASE_URL: provider.baseUrl, API_KEYS: KEYS, MAX_RETRIES: 0, ...settings };
  const gateway = startGateway(given, { owners, clock });
  return { owners, endPatience: () => overs.forEach((over) => over()), ...gateway };
}

function fill(
  count: number,
  timeOf: (index: number, key: number) => number = (index, key) => index * 3 + key,
) {
  for (const [key, name] of KEYS.entries()) {
    const items = Array.from({ length: count }, (_, index) => ({
      id: `${name.slice(3)}-${index}`,
      created_at: timeOf(index, key),
      updated_at: 1_000 - timeOf(index, key),
    }));
    provider.lists.set(name, items);
  }
}
const allItems = () => [...provider.lists.values()].flat();
const allIds = () => allItems().map(({ id }) => id);
const dataOf = (answer: Injected) => answer.json().data as Listed[];
const idsOf = (answer: Injected) => dataOf(answer).map(({ id }) => id);
type Inject = ReturnType<typeof start>['inject'];

/** All pages, as SDKs read them. */
async function pages(
  inject: Inject,
  query: string,
  between: (last: string) => void = () => undefined,
  path = '/v1/batches',
) {
  const ids: string[] = [];
  const after = provider.names.after;
  for (let cursor = ''; ids.length < 10_000;) {
    const answer = await inject('GET', `${path}?${query}${cursor}`);
    expect(answer.status).toBe(200);
    ids.push(...idsOf(answer));
    const last = idsOf(answer).at(-1);
    if (answer.json().has_more !== true || last === undefined) return ids;
    expect(answer.json().last_id).toBe(last);
    between(last);
    cursor = `&${after}=${last}`;
  }
  return ids;
}

describe('the pages of a list', () => {
  it.each([
    ['limit=4', 'desc', 'created_at'],
    ['limit=7&order=asc', 'asc', 'created_at'],
    ['limit=5&order_by=updated_at', 'desc', 'updated_at'],
  ] as const)('have each object once, in order: %s', async (query, order, by) => {
    fill(15);
    const sorted = allItems().sort((a, b) => (a[by] as number) - (b[by] as number));
    const wanted = (order === 'asc' ? sorted : sorted.toReversed()).map(({ id }) => id);
    expect(await pages(start().inject, query)).toEqual(wanted);
  });

  it.each([1, 4, 100])('have each once where all are of the same time, %i at a time', async (limit) => {
    fill(15, () => 7);
    const ids = await pages(start().inject, `limit=${limit}`);
    expect(ids.toSorted()).toEqual(allIds().toSorted());
  });

  it('have each once where a key gives fewer than it is asked for', async () => {
    fill(15);
    provider.pageMax.set('sk-b', 2);
    expect(await pages(start().inject, 'limit=6')).toEqual(
      allItems()
        .sort((a, b) => b.created_at - a.created_at)
        .map(({ id }) => id),
    );
  });

  it('go on behind an object that has been deleted meanwhile', async () => {
    fill(15);
    const wanted = allItems()
      .sort((a, b) => b.created_at - a.created_at)
      .map(({ id }) => id);
    const { inject } = start();
    expect(await pages(inject, 'limit=6', (last) => provider.delete(last))).toEqual(wanted);
  });

  it('go on where nobody remembers the page before, and behind any of its objects', async () => {
    fill(150, (index) => Math.floor(index / 4));
    const first = start();
    const wanted = await pages(first.inject, 'limit=1000');
    for (const at of [0, 7, 200, 440]) {
      const { inject, owners } = start();
      const cursor = wanted[at] ?? '';
      const key = KEYS.find((one) => one.slice(3) === cursor[0]);
      const keyId =
        first.gateway.config.providers.get('default')?.pool.keys[KEYS.indexOf(key ?? '')]?.config.keyId;
      owners.remember([cursor], { provider: 'default', keyId: keyId ?? '' });
      expect(await pages(inject, `limit=90&x=1`, () => undefined)).toEqual(wanted);
      const rest = await inject('GET', `/v1/batches?limit=20&after=${cursor}`);
      expect(idsOf(rest)).toEqual(wanted.slice(at + 1, at + 21));
    }
  });

  it('are read without starting again from the first one', async () => {
    fill(500);
    const { inject } = start();
    await pages(inject, 'limit=100');
    expect(provider.asked).toHaveLength(15 * 3);
  });

  it('before a cursor are those that stand nearest to it', async () => {
    fill(15);
    const { inject } = start();
    const all = await pages(inject, 'limit=45');
    const before = async (id: string | undefined, limit = 6) =>
      inject('GET', `/v1/batches?limit=${limit}&before=${id}`);
    for (const at of [1, 5, 20, 44]) {
      const answer = await before(all[at]);
      expect(idsOf(answer)).toEqual(all.slice(Math.max(0, at - 6), at));
      expect(answer.json().has_more).toBe(at > 6);
    }
    // From one page to the one before it, and on again.
    let page = await before(all[30]);
    const back: string[] = [];
    for (; idsOf(page).length > 0; page = await before(idsOf(page)[0])) back.unshift(...idsOf(page));
    expect(back).toEqual(all.slice(0, 30));
    const again = idsOf(await before(all[20])).at(-1);
    const next = await inject('GET', `/v1/batches?limit=6&after=${again}`);
    expect(idsOf(next)).toEqual(all.slice(20, 26));
  });

  it('may have cursors with the names of Anthropic', async () => {
    provider.names = { after: 'after_id', before: 'before_id' };
    fill(15);
    const { inject } = start();
    const all = await pages(inject, 'limit=4', undefined, '/v1/messages/batches');
    expect(all.toSorted()).toEqual(allIds().toSorted());
    const page = await inject('GET', `/v1/messages/batches?limit=4&before_id=${all[20]}`);
    expect(idsOf(page)).toEqual(all.slice(16, 20));
  });

  it('have an object that two keys have once', async () => {
    fill(15, (index) => Math.floor(index / 5));
    provider.lists.set('sk-b', provider.lists.get('sk-a') ?? []);
    const ids = await pages(start().inject, 'limit=4');
    expect(ids.toSorted()).toEqual([...new Set(allIds())].toSorted());
  });

  it('have it once also where these keys have pages of other lengths, there and back', async () => {
    fill(40, (index, key) => (key === 2 ? index : Math.floor(index / 5)));
    provider.lists.set('sk-b', provider.lists.get('sk-a') ?? []);
    provider.pageMax.set('sk-a', 3).set('sk-b', 1);
    const { inject } = start();
    const all = await pages(inject, 'limit=7');
    expect(all.toSorted()).toEqual([...new Set(allIds())].toSorted());
    const back: string[] = [];
    for (let first = all.at(-1); first !== undefined; first = back[0] === first ? undefined : back[0]) {
      const page = await inject('GET', `/v1/batches?limit=7&before=${first}`);
      back.unshift(...idsOf(page));
    }
    expect(back.toSorted()).toEqual(all.slice(0, -1).toSorted());
  });

  it('have it once also where nobody remembers the page before', async () => {
    fill(4, () => 7);
    provider.lists.set('sk-b', provider.lists.get('sk-a') ?? []);
    const ids = await pages(start().inject, 'limit=100');
    const { inject, owners, gateway } = start();
    const keyId = gateway.config.providers.get('default')?.pool.keys[0]?.config.keyId ?? '';
    owners.remember(ids, { provider: 'default', keyId });
    const rest = await inject('GET', `/v1/batches?limit=100&after=${ids[1]}`);
    expect(idsOf(rest)).toEqual(ids.slice(2));
  });

  it('end with a provider that heeds no cursor', async () => {
    fill(15);
    provider.isPlain = true;
    const ids = await pages(start().inject, 'limit=4');
    expect(ids.toSorted()).toEqual(allIds().toSorted());
  });

  it('have what a key did not give in time later', async () => {
    fill(5);
    const { inject } = start();
    let count = 0;
    provider.replies.set('sk-c', (_request, response) => void response.writeHead(500).end('x'));
    const ids = await pages(inject, 'limit=4', () => {
      count += 1;
      if (count === 1) provider.replies.delete('sk-c');
    });
    expect(ids.toSorted()).toEqual(allIds().toSorted());
  });
});

describe('a list', () => {
  it('sums what its parts count', async () => {
    fill(15);
    provider.extra = (list) => ({ total: list.length });
    expect((await start().inject('GET', '/v1/batches?limit=2')).json()).toMatchObject({ total: 45 });
  });

  it('says which keys are disabled', async () => {
    fill(1);
    const { inject, gateway } = start();
    const pool = gateway.config.providers.get('default')?.pool;
    switchKey(pool, 'disable', pool?.keys[1]?.config.keyId ?? '');
    const answer = await inject('GET', '/v1/batches');
    expect([answer.headers.get(HEADER), answer.headers.get(MISSING)]).toEqual(['2 of 3 keys', '1 disabled']);
  });

  it('is of one key where pages are counted, and says so', async () => {
    fill(3);
    const answer = await start().inject('GET', '/v1/files?page=0&page_size=2');
    expect(answer.headers.get(HEADER)).toBe('1 of 3 keys');
  });

  it('is read from compressed answers too', async () => {
    fill(3);
    provider.encodings.set('sk-a', 'gzip').set('sk-b', 'br');
    const answer = await start().inject('GET', '/v1/batches');
    expect(idsOf(answer)).toHaveLength(9);
    expect(answer.headers.get(HEADER)).toBe('3 of 3 keys');
    expect(answer.headers.has(MISSING)).toBe(false);
  });

  it('is asked for as a whole, whatever the client has of it', async () => {
    fill(1);
    const seen: unknown[] = [];
    provider.replies.set('sk-a', ({ headers }, response) => {
      seen.push(headers.range, headers['if-none-match'], headers['x-other']);
      response.end('{"data":[]}');
    });
    const headers = { range: 'bytes=0-1', 'if-none-match': '"x"', 'x-other': 'kept' };
    await start().inject('GET', '/v1/batches', { headers });
    expect(seen).toEqual([undefined, undefined, 'kept']);
  });

  it('remembers what it shows, and what that names, with its key', async () => {
    fill(2);
    provider.lists.set('sk-b', [{ id: 'batch_1', created_at: 99, input_file_id: 'file-1' }]);
    const { inject, owners, gateway } = start();
    await inject('GET', '/v1/batches?limit=2');
    const keys = gateway.config.providers.get('default')?.pool.keys ?? [];
    expect(owners.ownersOf('batch_1')[0]?.keyId).toBe(keys[1]?.config.keyId);
    expect(owners.ownersOf('file-1')[0]?.keyId).toBe(keys[1]?.config.keyId);
    expect(owners.ownersOf('a-0')).toEqual([]);
  });

  const json =
    (text: string, status = 200) =>
    (_request: unknown, response: ServerResponse) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  const FAILURES: readonly (readonly [string, (request: unknown, response: ServerResponse) => void])[] = [
    ['status_401', json('{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}', 401)],
    ['status_500', json('{"error":{"message":"oops"}}', 500)],
    ['status_302', (_request, response) => void response.writeHead(302, { location: '/' }).end()],
    ['no_list', (_request, response) => void response.end('<html>')],
    ['no_list', json('{"data":{"a":1}}')],
    ['no_list', json('{"data":[{"id":"x"}')],
    ['too_large', json(`{"data":[],"x":"${'x'.repeat(17 * 2 ** 20)}"}`)],
    ['too_many', json(`{"data":[${'1,'.repeat(60_000)}1]}`)],
    [
      'cut',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"data":[');
        setImmediate(() => response.destroy());
      },
    ],
  ];

  it.each(FAILURES)('has what the others have where one fails, and says so: %s', async (why, reply) => {
    fill(2);
    provider.replies.set('sk-b', reply);
    const { inject, records } = start();
    const answer = await inject('GET', '/v1/batches');
    expect(idsOf(answer)).toEqual(['c-1', 'a-1', 'c-0', 'a-0']);
    expect(answer.headers.get(HEADER)).toBe('2 of 3 keys');
    expect(answer.headers.get(MISSING)).toBe(`1 ${why}`);
    const failed = records[0]?.trace.attempts.filter(({ error }) => error !== undefined) ?? [];
    expect(failed.map(({ keyHint }) => keyHint)).toHaveLength(why === 'status_302' ? 0 : 1);
  });

  it('says how many items it leaves out because nobody can read them', async () => {
    fill(1);
    provider.replies.set(
      'sk-b',
      json(`{"data":[{"id":"x"},1,${'['.repeat(100_000)}${']'.repeat(100_000)}]}`),
    );
    const answer = await start().inject('GET', '/v1/batches');
    expect(idsOf(answer)).toEqual(['c-0', 'a-0', 'x']);
    expect(answer.headers.get(HEADER)).toBe('3 of 3 keys');
    expect(answer.headers.get(MISSING)).toBe('2 unreadable_items');
  });

  it.each([
    ['a refusal', [500, 400, 401], 400],
    ['what an upstream says', [503, 503, 503], 503],
    ['a redirect', [302, 302, 302], 302],
  ])('is the true error of one where all fail: %s', async (_what, statuses, status) => {
    for (const [index, key] of KEYS.entries()) {
      provider.replies.set(key, json(`{"error":{"message":"no ${statuses[index]}"}}`, statuses[index]));
    }
    const { inject, records } = start();
    const answer = await inject('GET', '/v1/batches');
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(`no ${status}`);
    expect(provider.asked).toHaveLength(3);
    expect(records[0]?.trace.attempts).toHaveLength(3);
  });

  it('is what one key says where none gives a list', async () => {
    for (const key of KEYS) provider.replies.set(key, json('{"models":[]}'));
    const answer = await start().inject('GET', '/v1/batches');
    expect([answer.status, answer.text]).toEqual([200, '{"models":[]}']);
  });

  it('is not held up by a key that does not answer, or does not end its answer', async () => {
    fill(2);
    const { inject, endPatience, records, gateway } = start();
    let hanging = 0;
    provider.replies.set('sk-a', () => void (hanging += 1));
    provider.replies.set('sk-b', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":[{"id":"x"}');
      hanging += 1;
    });
    const asking = inject('GET', '/v1/batches');
    const third = gateway.config.providers.get('default')?.pool.keys[2];
    const isRead = () => hanging === 2 && provider.asked.length === 3 && third?.inFlight === 0;
    await waitFor(isRead, { what: 'the third key to have answered' });
    endPatience();
    const answer = await asking;
    expect(idsOf(answer)).toEqual(['c-1', 'c-0']);
    expect(answer.headers.get(HEADER)).toBe('1 of 3 keys');
    expect(answer.headers.get(MISSING)).toBe('2 timed_out');
    const slow = records[0]?.trace.attempts.filter(({ verdict }) => verdict === 'timed_out') ?? [];
    expect(slow.map(({ error }) => error)).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining('without it') as string),
    );
  });

  it('that no key gives in time is an error', async () => {
    const { inject, endPatience } = start();
    for (const key of KEYS) {
      provider.replies.set(key, () => {
        if (provider.asked.length === 3) setImmediate(endPatience);
      });
    }
    const answer = await inject('GET', '/v1/batches');
    expect(answer.status).toBe(504);
    expect(answer.json()).toMatchObject({ error: { code: 'upstream_timeout' } });
  });

  it('of which the client has gone ends with all its parts', async () => {
    fill(1);
    const closed: Promise<unknown>[] = [];
    const stop = new AbortController();
    for (const key of KEYS) {
      provider.replies.set(key, (_request, response) => {
        closed.push(once(response, 'close'));
        response.writeHead(200).write('{"data":[');
        if (closed.length === KEYS.length) setImmediate(() => stop.abort());
      });
    }
    const { open: ask, gateway, records } = start();
    await ask('GET', '/v1/batches', { signal: stop.signal }).catch(() => undefined);
    await Promise.all(closed);
    await gateway.idle();
    expect(records[0]).toMatchObject({ status: 499, outcome: 'client_closed' });
  });
});
