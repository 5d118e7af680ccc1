import { describe, expect, it } from 'vitest';
import type { AttentionItem, AttentionOf } from '../../../lib/admin/contract/stats';
import { IncidentBook } from '../../../lib/alerts/incident-book';
import type { IncidentRow } from '../../../lib/store/incidents';

const START = 1_796_000_000_000;
const SECOND = 1_000;

const down: AttentionOf<'provider'> = {
  kind: 'provider',
  id: 'provider:groq',
  severity: 'high',
  since: START - 5 * SECOND,
  provider: 'groq',
  providerName: 'Groq',
  answer: 'status',
  status: 503,
  detail: null,
  helped: 0,
  helper: null,
  failed: 1,
};
const proxy: AttentionOf<'proxy'> = {
  kind: 'proxy',
  id: 'proxy:p1',
  severity: 'medium',
  since: START,
  proxyId: 'p1',
  address: 'http://10.0.0.1:8080',
  trouble: 'unreachable',
  detail: null,
  keys: 3,
  stranded: 0,
  through: null,
};
const proxies: AttentionOf<'proxies'> = {
  kind: 'proxies',
  id: 'proxies',
  severity: 'high',
  since: START,
  count: 6,
  of: 9,
  keys: 18,
  stranded: 2,
};
const keys: AttentionOf<'keys'> = {
  kind: 'keys',
  id: 'keys:groq:failing:500:',
  severity: 'low',
  since: START,
  provider: 'groq',
  providerName: 'Groq',
  state: 'failing',
  status: 500,
  count: 1,
  of: 9,
  disabled: 0,
  model: null,
  models: 0,
  nextBackAt: null,
  reason: null,
};
const model = (name: string | null): AttentionOf<'model'> => ({
  kind: 'model',
  id: `model:groq:${name ?? '*'}`,
  severity: 'medium',
  since: START,
  provider: 'groq',
  providerName: 'Groq',
  model: name,
  models: name === null ? 2 : 1,
  status: 500,
});

/** What the database has, at `seconds` after the start; the clocks of the wall and of the process go alike. */
function follower(rows: readonly IncidentRow[] = [], startedAt = 0) {
  const timeAt = (seconds: number) => ({ now: START + seconds * SECOND, steadyNow: seconds * SECOND });
  const book = new IncidentBook(rows, timeAt(startedAt));
  const written = new Map(rows.map((row) => [row.id, row]));
  return {
    book,
    timeAt,
    rows: () => [...written.values()],
    see: (seconds: number, ...items: AttentionItem[]) => {
      book.see(items, timeAt(seconds));
      const taken = book.take();
      for (const row of taken) written.set(row.id, row);
      book.written(taken);
      return taken.length;
    },
  };
}

const told = ({ item }: IncidentRow) => JSON.parse(item) as AttentionItem;
const lasted = (rows: readonly IncidentRow[]) =>
  rows.map(({ about, beganAt, endedAt }) => [
    about,
    (beganAt - START) / SECOND,
    endedAt === null ? null : (endedAt - START) / SECOND,
  ]);

describe('an incident', () => {
  it('is one row from when it began until it was over, at its worst', () => {
    const { see, rows } = follower();
    see(0, down);
    expect(lasted(rows())).toEqual([['provider:groq', -5, null]]);
    see(2, { ...down, failed: 61 });
    see(4, { ...down, failed: 3 });
    see(6);
    expect(lasted(rows())).toEqual([['provider:groq', -5, 6]]);
    expect(rows()[0]).toMatchObject({ kind: 'provider', severity: 'high', toldAt: START + 2 * SECOND });
    expect(told(rows()[0]!)).toMatchObject({ failed: 61 });
  });

  it('is written when it begins and when it ends, and every ten seconds between', () => {
    const { see } = follower();
    expect([0, 2, 4, 6, 8, 10, 12].map((at) => see(at, down))).toEqual([1, 0, 0, 0, 0, 1, 0]);
    expect(see(14)).toBe(1);
    expect(see(16)).toBe(0);
  });

  it('that is back within a minute goes on; later it is another one', () => {
    const { see, rows } = follower();
    see(0, down);
    see(2);
    see(4);
    see(61, down);
    expect(lasted(rows())).toEqual([['provider:groq', -5, null]]);
    see(70);
    see(131);
    see(132, { ...down, since: START + 132 * SECOND });
    expect(lasted(rows())).toEqual([
      ['provider:groq', -5, 70],
      ['provider:groq', 132, null],
    ]);
  });

  it('that is graver, or began earlier than was known, says so', () => {
    const { see, rows } = follower();
    see(0, proxy);
    see(2, { ...proxy, severity: 'high', stranded: 1, since: START - 9 * SECOND });
    see(4, proxy);
    see(6);
    expect(lasted(rows())).toEqual([['proxy:p1', -9, 6]]);
    expect(rows()[0]?.severity).toBe('high');
  });

  it('of one model and then of two is the same', () => {
    const { see, rows } = follower();
    see(0, model('a'));
    see(2, model(null));
    see(4);
    expect(lasted(rows())).toEqual([['model:groq', 0, 4]]);
    expect(told(rows()[0]!)).toMatchObject({ models: 2 });
  });

  it('that another one stands for lasts', () => {
    const { see, rows } = follower();
    const resting: AttentionItem = { ...keys, state: 'resting', id: 'keys:groq:resting::' };
    const none: AttentionItem = { ...keys, state: 'none_left', id: 'keys:groq:none_left' };
    const elsewhere: AttentionItem = { ...none, provider: 'other', id: 'keys:other:none_left' };
    see(0, proxy, resting);
    see(2, proxies, none);
    see(99, proxies, none);
    expect(lasted(rows()).map(([about, , until]) => [about, until])).toEqual([
      ['proxy:p1', null],
      ['keys:groq:resting::', null],
      ['proxies', null],
      ['keys:groq:none_left', null],
    ]);
    see(101, elsewhere);
    expect(lasted(rows()).slice(0, 2)).toEqual([
      ['proxy:p1', 0, 101],
      ['keys:groq:resting::', 0, 101],
    ]);
  });

  it('is none where keys failed a moment ago and are in use', () => {
    const { see, rows } = follower();
    see(0, keys);
    expect(rows()).toEqual([]);
  });

  it('is kept with the longest names, and no more than 200 at a time', () => {
    const { see, rows } = follower();
    see(
      0,
      ...Array.from({ length: 300 }, (_, i) => ({ ...keys, state: 'resting' as const, id: `keys:${i}` })),
    );
    expect(rows()).toHaveLength(200);
  });
});

describe('after a start', () => {
  const before = () => {
    const { see, rows } = follower();
    see(0, down);
    see(10, down);
    return rows();
  };

  it('what is no longer so was over when it was last seen', () => {
    const { see, rows } = follower(before(), 100);
    see(102);
    expect(lasted(rows())).toEqual([['provider:groq', -5, 10]]);
  });

  it('what is so still, or again within a minute, goes on', () => {
    const { see, rows } = follower(before(), 100);
    see(102);
    see(150, { ...down, since: START + 148 * SECOND });
    expect(lasted(rows())).toEqual([['provider:groq', -5, null]]);
  });

  it('what is so after hours goes on only if it began before', () => {
    const hours = 36_000;
    const other = follower(before(), hours);
    other.see(hours + 2, { ...down, since: START + hours * SECOND });
    expect(lasted(other.rows())).toEqual([
      ['provider:groq', -5, 10],
      ['provider:groq', hours, null],
    ]);
    const same = follower(before(), hours);
    same.see(hours + 2, down);
    expect(lasted(same.rows())).toEqual([['provider:groq', -5, null]]);
  });

  it('of two rows that last about one thing, the older was over when it was last seen', () => {
    const [row] = before();
    const { see, rows } = follower([row!, { ...row!, id: `-${row!.id.slice(1)}` }], 100);
    see(102, down);
    expect(lasted(rows())).toEqual([
      ['provider:groq', -5, null],
      ['provider:groq', -5, 10],
    ]);
  });

  it('a row that another version has written ends, and does no harm', () => {
    const [row] = before();
    const { see, rows } = follower([{ ...row!, item: '{"kind":"unheard"}' }], 100);
    see(102);
    expect(lasted(rows())).toEqual([['provider:groq', -5, 10]]);
  });
});

describe('what the database does not take', () => {
  it('is written later, as it is then', () => {
    const { book, timeAt } = follower();
    book.see([down], timeAt(0));
    const rows = book.take();
    book.see([], timeAt(2));
    book.bringBack(rows);
    expect(lasted(book.take())).toEqual([['provider:groq', -5, 2]]);
    expect(book.take()).toEqual([]);
  });

  it('is over for whoever takes the work over, if they cannot know of it', () => {
    const { book, timeAt, see } = follower();
    see(0, down);
    book.see([down, proxy], timeAt(12));
    book.bringBack(book.take());
    expect(lasted(book.unknownToOthers())).toEqual([['proxy:p1', 0, 12]]);
  });

  it('is never more than 2,000 rows', () => {
    const { book, timeAt } = follower();
    for (let i = 0; i < 30; i++) {
      const items = Array.from({ length: 100 }, (_, n) => ({ ...proxy, id: `proxy:${n}` }));
      book.see(items, timeAt(i * 200));
      book.see([], timeAt(i * 200 + 2));
      book.see([], timeAt(i * 200 + 100));
      book.bringBack(book.take());
    }
    expect(book.take()).toHaveLength(2_000);
  });
});
