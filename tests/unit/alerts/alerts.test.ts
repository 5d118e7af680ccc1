import { describe, expect, it } from 'vitest';
import type { AttentionItem } from '../../../lib/admin/contract/stats';
import { readSaid } from '../../../lib/admin/words/read-said';
import { Alerts } from '../../../lib/alerts/alerts';
import { loadWords } from '../../../lib/alerts/words';
import type { AlertReceiver } from '../../../lib/config/alert-rules';
import { receiver } from './support';

const NOON = Date.parse('2026-11-30T12:00:00Z');

const groqIsDown: AttentionItem = {
  id: 'provider:groq',
  severity: 'high',
  since: NOON - 60_000,
  kind: 'provider',
  provider: 'groq',
  providerName: 'Groq',
  answer: 'status',
  status: 503,
  detail: null,
  helped: 61,
  helper: 'Default',
  failed: 3,
};

/** A process on a database that others may share, with receivers that take everything unless told otherwise. */
function process(rows = new Map<string, string>()) {
  const world = {
    receivers: [receiver()] as AlertReceiver[],
    items: [] as AttentionItem[],
    hasTurn: true,
    isDatabaseOut: false,
    answer: { ok: true, status: 200, retryAfter: undefined, text: '' } as
      { ok: true; status: number; retryAfter: undefined; text: string } | undefined,
    now: NOON,
    sent: [] as { url: string; type: string; text: string }[],
    errors: [] as string[],
  };
  const stored = <T>(work: () => T): Promise<T> =>
    world.isDatabaseOut ? Promise.reject(new Error('away')) : Promise.resolve(work());
  const alerts = new Alerts({
    receivers: () => world.receivers,
    zone: () => 'UTC',
    incidents: () => Promise.resolve(world.items),
    hasTurn: () => world.hasTurn,
    states: {
      readAll: () => stored(() => new Map(rows)),
      write: (id, text) => stored(() => void rows.set(id, text)),
      remove: (id) => stored(() => void rows.delete(id)),
    },
    words: () => loadWords(readSaid),
    send: ({ url, body }) => {
      const { type, text } = JSON.parse(body) as { type: string; text: string };
      world.sent.push({ url, type, text });
      return world.answer === undefined ? new Promise(() => undefined) : Promise.resolve(world.answer);
    },
    wait: () => Promise.resolve(),
    now: () => world.now,
    steadyNow: () => world.now,
    onSent: () => undefined,
    onNews: () => undefined,
    onError: (_error, what) => world.errors.push(what),
  });
  return {
    world,
    alerts,
    rows,
    /** Looks, and looks again once what was sent has been noted. */
    look: async (items: AttentionItem[] = world.items): Promise<string[]> => {
      world.items = items;
      const before = world.sent.length;
      await alerts.look();
      await new Promise(setImmediate);
      await alerts.look();
      return world.sent.slice(before).map(({ type }) => type);
    },
  };
}

describe('an incident', () => {
  it('is told in the words of the dashboard, in the language of the receiver', async () => {
    const { world, look } = process();
    world.receivers = [receiver(), receiver({ id: 'r2', name: 'zh', language: 'zh' })];
    expect(await look([groqIsDown])).toEqual(['incident.began', 'incident.began']);
    expect(world.sent.map(({ text }) => text)).toEqual([
      'Groq answers 503 since 11:59: 61 requests went to Default, 3 failed',
      'Groq 自 11:59 起返回 503：61 个请求转到Default，3 个失败',
    ]);
    expect(await look([])).toEqual(['incident.ended', 'incident.ended']);
    expect(await look()).toEqual([]);
  });

  it('that a receiver refuses is not told again, and its error is kept', async () => {
    const { world, alerts, look } = process();
    world.answer = { ok: true, status: 403, retryAfter: undefined, text: 'no' };
    expect(await look([groqIsDown])).toEqual(['incident.began']);
    expect(await look()).toEqual([]);
    expect((await alerts.states()).get('r1')?.last).toEqual({
      ok: false,
      status: 403,
      error: 'answered with status 403: no',
      at: NOON,
    });
  });

  it('is told by the process that takes the turn, and not again', async () => {
    const first = process();
    const second = process(first.rows);
    second.world.hasTurn = false;
    expect(await first.look([groqIsDown])).toEqual(['incident.began']);
    expect(await second.look([groqIsDown])).toEqual([]);
    first.world.hasTurn = false;
    second.world.hasTurn = true;
    expect(await second.look()).toEqual([]);
    expect(await first.look([])).toEqual([]);
    expect(await second.look([])).toEqual(['incident.ended']);
  });

  it('whose message was under way when the process stopped is told by the next one', async () => {
    const first = process();
    first.world.answer = undefined;
    expect(await first.look([groqIsDown])).toEqual(['incident.began']);
    await first.alerts.close();
    expect(await process(first.rows).look([groqIsDown])).toEqual(['incident.began']);
  });

  it('waits for the end of the quiet hours', async () => {
    const { world, look } = process();
    world.receivers = [receiver({ quietHours: { from: '11:00', to: '13:00', zone: 'UTC' } })];
    expect(await look([groqIsDown])).toEqual([]);
    world.now += 3_600_000;
    expect(await look()).toEqual(['incident.began']);
  });

  it('is told while the database is out, and noted when it is back', async () => {
    const { world, rows, look } = process();
    await look([]);
    world.isDatabaseOut = true;
    const out: AttentionItem = {
      id: 'shortage:database',
      severity: 'high',
      since: NOON,
      kind: 'shortage',
      of: 'database',
    };
    expect(await look([out])).toEqual(['incident.began']);
    expect(world.sent[0]?.text).toBe('The database does not answer since 12:00');
    expect(rows.size).toBe(0);
    world.isDatabaseOut = false;
    await look();
    expect(rows.get('r1')).toContain('trouble:shortage:database');
  });
});

describe('a receiver', () => {
  it('that hangs keeps nothing from the others', async () => {
    const { world, alerts, look } = process();
    world.answer = undefined;
    world.receivers = [receiver(), receiver({ id: 'r2', name: 'b', url: 'https://b.example/' })];
    expect(await look([groqIsDown])).toHaveLength(2);
    expect(await look([])).toEqual([]);
    await alerts.close();
  });

  it('that is deleted is forgotten', async () => {
    const { world, rows, look } = process(new Map([['gone', '{"open":[]}']]));
    await look([groqIsDown]);
    expect([...rows.keys()]).toEqual(['r1']);
    world.receivers = [receiver({ id: 'r2' })];
    await look();
    expect([...rows.keys()]).toEqual(['r2']);
  });

  it('that is off is told nothing, and a test all the same', async () => {
    const { world, alerts, look } = process();
    world.receivers = [receiver({ isEnabled: false })];
    expect(await look([groqIsDown])).toEqual([]);
    const { signal } = new AbortController();
    expect(await alerts.test(receiver(), signal)).toEqual({ ok: true, status: 200, error: null });
    expect(world.sent).toMatchObject([
      { type: 'test', text: 'This is a test. Incidents will be told here.' },
    ]);
    expect((await alerts.states()).get('r1')?.last?.ok).toBe(true);
  });

  it('whose state cannot be read begins anew', async () => {
    const { look } = process(new Map([['r1', 'nonsense']]));
    expect(await look([groqIsDown])).toEqual(['incident.began']);
  });
});

it('changes are made one after the other, and one that fails does not keep the next', async () => {
  const { alerts } = process();
  const order: number[] = [];
  const failing = alerts.edit(async () => {
    await new Promise(setImmediate);
    order.push(1);
    throw new Error('wrong');
  });
  const next = alerts.edit(() => Promise.resolve(order.push(2)));
  await expect(failing).rejects.toThrow('wrong');
  await next;
  expect(order).toEqual([1, 2]);
});
