import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALONE } from '../../../../lib/balancer/limits/company';
import { Stop } from '../../../../lib/balancer/stop';
import type { Message } from '../../../../lib/cluster/messages';
import { SharedSpending } from '../../../../lib/cluster/shared-spending';
import { Admission } from '../../../../lib/gateway/tokens/admission';
import { TokenRules } from '../../../../lib/gateway/tokens/token-rules';
import { TokenUses } from '../../../../lib/gateway/tokens/token-uses';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { TokenSpending } from '../../../../lib/runtime/events/token-spending';
import type { ClientTokenCounts } from '../../../../lib/store/client-token-row';
import type { ClientTokenStore } from '../../../../lib/store/client-tokens';
import { TokenUsage } from '../../../../lib/store/write-behind/checkpoint-tokens';
import { TestClock } from '../../balancer/support';

const ID = 'token';
const TOTAL = 'total';
const nano = (amount: number) => ({ nano: amount, tokens: 0, requests: 0 });

/** What all processes write to, whole or not at all. */
class Database implements Pick<ClientTokenStore, 'addUsage' | 'counts'> {
  spentNano = 0;
  readFails = false;

  addUsage(usages: Parameters<ClientTokenStore['addUsage']>[0]): Promise<void> {
    for (const { spent } of usages) this.spentNano += spent?.spentNano ?? 0;
    return Promise.resolve();
  }

  counts(): Promise<ClientTokenCounts[]> {
    if (this.readFails) return Promise.reject(new Error('away'));
    const { spentNano } = this;
    const spent = { spentPeriod: TOTAL, spentNano, spentTokens: 0, spentRequests: 0 };
    return Promise.resolve([{ id: ID, requestCount: 0, lastUsedAt: null, ...spent }]);
  }
}

/** One process of several that share a budget, and what it has told and nobody has heard yet. */
function processOn(database: Database, amount: number) {
  const clock = new TestClock();
  const usage = new TokenUsage(
    database,
    [],
    () => 0,
    () => undefined,
  );
  const spending = new TokenSpending(usage);
  const outbox: Message[] = [];
  const shared = new SharedSpending({
    own: (id) => spending.own(id),
    send: (_name, make) => void outbox.push(make()),
  });
  spending.others = shared;
  usage.onReading = () => shared.reading();
  usage.onRead = () => shared.read();
  const company = { ...ALONE, instances: 2 };
  const uses = new TokenUses({ clock, wallNow: () => 0, company, spending });
  const rules = new TokenRules({
    id: ID,
    isEnabled: true,
    expiresAt: undefined,
    filter: new ModelFilter(),
    providers: undefined,
    addresses: undefined,
    limits: undefined,
    budget: { amount: amount / 1e9, unit: 'usd', period: TOTAL },
    priority: 0,
    periodAt: (name) => ({ name, endsAt: Infinity }),
  });
  const expected = { promptTokens: 0, isComputing: true, costNano: () => 0 };
  return {
    clock,
    usage,
    spending,
    shared,
    outbox,
    spend: (spent: number) => spending.add(ID, TOTAL, nano(spent)),
    spent: () => spending.of(ID, TOTAL),
    responseError: () => uses.responseError(rules, true)?.code,
    ask: () => uses.admit(rules, expected, new Stop()),
  };
}

type Process = ReturnType<typeof processOn>;
type Admitted = Awaited<ReturnType<Process['ask']>>;

const said = (admitted: Admitted): string => (admitted instanceof Admission ? 'admitted' : admitted.code);

/** All that `from` has told by now is heard. */
function hear(from: Process, to: Process, name = 'other'): void {
  for (const message of from.outbox.splice(0)) {
    if (message.kind === 'spent') to.shared.take(message, name);
  }
}

/** B has spent 200 and A 500; B has written its part, and A has read that before it hears of it. */
async function readBeforeHeard(amount: number) {
  const database = new Database();
  const [a, b] = [processOn(database, amount), processOn(database, amount)] as const;
  b.spend(200);
  hear(b, a);
  a.spend(500);
  await b.usage.flush();
  await a.usage.refresh();
  return { database, a, b };
}

describe('what another process has written and not told yet', () => {
  it('keeps a request waiting, and refuses none, until it is heard of and read anew', async () => {
    const { database, a, b } = await readBeforeHeard(800);
    expect(database.spentNano).toBe(700);
    expect(a.spent()).toMatchObject({ spent: { nano: 900 }, doubtful: { nano: 200 } });
    const asked = a.ask();
    expect(asked).toBeInstanceOf(Promise);
    hear(b, a);
    expect(said(await a.clock.drive(Promise.resolve(asked)))).toBe('admitted');
    expect(a.spent()).toMatchObject({ spent: { nano: 700 }, doubtful: { nano: 0 } });
  });

  it('lets nobody in while it is in doubt', async () => {
    const { a } = await readBeforeHeard(800);
    expect(said(await a.clock.drive(Promise.resolve(a.ask())))).toBe('token_rate_limited');
    expect(a.responseError()).toBe('token_rate_limited');
  });

  it('puts off no refusal that is certain', async () => {
    const { a, b } = await readBeforeHeard(800);
    b.spend(100);
    hear(b, a);
    expect(a.spent()).toMatchObject({ spent: { nano: 1_000 }, doubtful: { nano: 200 } });
    expect(said(await a.ask())).toBe('insufficient_quota');
    expect(a.responseError()).toBe('insufficient_quota');
  });

  it('is no matter where the budget has room for it twice', async () => {
    const { a } = await readBeforeHeard(1_000);
    expect(said(await a.ask())).toBe('admitted');
  });
});

it('what others tell is certain where nobody else can have written what was read', async () => {
  const database = new Database();
  const [a, b] = [processOn(database, 800), processOn(database, 800)] as const;
  b.spend(400);
  hear(b, a);
  a.spend(500);
  await a.usage.refresh();
  expect(said(await a.ask())).toBe('insufficient_quota');
});

it('what was written before anybody was heard leaves open what others have written of what they tell', async () => {
  const database = new Database();
  database.spentNano = 500;
  const [a, b] = [processOn(database, 800), processOn(database, 800)] as const;
  b.spend(400);
  hear(b, a);
  await a.usage.refresh();
  const asked = a.ask();
  expect(asked).toBeInstanceOf(Promise);
  await b.usage.flush();
  hear(b, a);
  expect(said(await a.clock.drive(Promise.resolve(asked)))).toBe('insufficient_quota');
});

it('what others have written counts on where it could not be read', async () => {
  const { database, a, b } = await readBeforeHeard(10_000);
  hear(b, a);
  await a.usage.refresh();
  b.spend(100);
  await b.usage.flush();
  hear(b, a);
  database.readFails = true;
  await a.usage.refresh().catch(() => undefined);
  expect(a.spent().spent.nano).toBe(800);
});

it('is never certain of more than was spent, nor misses what it was told, however things overtake each other', async () => {
  const at = fc.nat(2);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('spend' as const), at, amount: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constantFrom('write' as const, 'read' as const), at }),
    fc.record({ kind: fc.constant('hear' as const), at, to: at }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const database = new Database();
      const all = [0, 1, 2].map(() => processOn(database, 1e6));
      const spent = [0, 0, 0];
      const told = all.map(() => [0, 0, 0]);
      const deliver = (from: number, to: number): void => {
        const process = all[from]!;
        process.shared.tell(ID);
        const message = process.outbox.at(-1)!;
        if (message.kind !== 'spent' || from === to) return;
        all[to]!.shared.take(message, String(from));
        told[to]![from] = message.total[0];
      };
      for (const one of all) one.spend(0);
      for (const from of [0, 1, 2]) for (const to of [0, 1, 2]) deliver(from, to);
      for (const each of steps) {
        const process = all[each.at]!;
        if (each.kind === 'write') await process.usage.flush();
        if (each.kind === 'read') await process.usage.refresh();
        if (each.kind === 'hear') deliver(each.at, each.to);
        if (each.kind === 'spend') {
          process.spend(each.amount);
          spent[each.at]! += each.amount;
        }
        for (const [index, one] of all.entries()) {
          const known = one.spent();
          const heard = told[index]!.reduce((sum, amount) => sum + amount, spent[index]!);
          expect(known.spent.nano - known.doubtful.nano).toBeLessThanOrEqual(
            spent[0]! + spent[1]! + spent[2]!,
          );
          expect(known.spent.nano).toBeGreaterThanOrEqual(heard);
        }
      }
      await Promise.all(all.map((one) => one.usage.close()));
    }),
  );
});
