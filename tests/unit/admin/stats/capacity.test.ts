import { describe, expect, it } from 'vitest';
import { keyItemSchema } from '../../../../lib/admin/contract/keys';
import { capacitySchema } from '../../../../lib/admin/contract/capacity';
import { readKey } from '../../../../lib/admin/keys/read';
import { updateKey } from '../../../../lib/admin/keys/update';
import { createProvider } from '../../../../lib/admin/providers/create';
import { providersApi } from '../../../../lib/admin/contract/providers';
import { capacity } from '../../../../lib/admin/stats/capacity';
import { ANSWER } from '../../../../lib/balancer/facts';
import type { SeenLimit } from '../../../../lib/balancer/limits/seen-limits';
import { judge, type Outcome } from '../../../../lib/balancer/attempts/verdict';
import { answered, leaseRequest } from '../../balancer/support';
import { keyNamed, keysOf, world, type World } from '../support';

const MODEL = 'gpt-4o';
const keys = { API_KEYS: ['a', 'b'].map(keyNamed).join(',') };
const limited = (requestsPerMinute: number) => ({ limits: { requestsPerMinute } });

const given = (provider: string | undefined, model?: string) => ({ provider, model });
const read = async ({ context }: World, provider?: string, model?: string) =>
  capacitySchema.parse(await capacity(context, given(provider, model)));

/** The nth key of the default provider. */
async function keyAt({ context }: World, index: number) {
  const item = (await keysOf(context))[index]!;
  return { id: item.id, read: async () => keyItemSchema.parse(await readKey(context, { id: item.id })) };
}

function use({ pool, clock }: World, index: number, outcome: Outcome = answered(200), model = MODEL): void {
  const of = pool('default');
  const others = of.keys.filter((_, at) => at !== index);
  const leased = of.lease(leaseRequest({ model, tried: new Set(others) }), clock.now);
  if (!leased.ok) throw new Error(leased.shortage.reason);
  of.settle(leased.lease, outcome, judge(outcome), clock.now);
  of.finish(leased.lease, 'whole', '', clock.now);
}

const telling = (limits: readonly SeenLimit[], account?: string): Outcome => ({
  kind: 'answer',
  status: 200,
  facts: ANSWER,
  limits,
  ...(account !== undefined && { account }),
});

describe('what a key has left', () => {
  it('stands in its details, with how it is known; nothing does where nobody knows', async () => {
    const all = await world(keys);
    const [first, second] = [await keyAt(all, 0), await keyAt(all, 1)];
    await updateKey(all.context, { id: first.id, ...limited(10) });
    use(all, 0);
    use(all, 1, telling([{ of: 'tokens', limit: 900, remaining: 300, resetAt: all.clock.now + 7_000 }]));
    expect((await first.read()).capacity).toEqual({
      requestsPerMinute: { left: 9, limit: 10, source: 'set', resetsAt: all.clock.now + 61_000 },
      models: [],
    });
    const tokens = { left: 300, limit: 900, source: 'told', resetsAt: all.clock.now + 7_000 };
    expect((await second.read()).capacity).toEqual({ models: [{ model: MODEL, tokens }] });
  });

  it('comes with the account that its answers name, unless a person has set one', async () => {
    const all = await world(keys);
    const [first, second] = [await keyAt(all, 0), await keyAt(all, 1)];
    await updateKey(all.context, { id: second.id, account: 'team' });
    use(all, 0, telling([], 'org-1'));
    use(all, 1, telling([], 'org-1'));
    expect(await first.read()).toMatchObject({ account: null, learntAccount: 'org-1' });
    expect(await second.read()).toMatchObject({ account: 'team', learntAccount: null });
    const idsOf = async (filter: object) => (await keysOf(all.context, filter)).map(({ id }) => id);
    expect(await idsOf({ account: 'org-1' })).toEqual([first.id]);
    expect(await idsOf({ account: 'team' })).toEqual([second.id]);
    expect(await idsOf({ search: 'ORG-' })).toEqual([first.id]);
    await updateKey(all.context, { id: second.id, account: null });
    expect(await second.read()).toMatchObject({ account: null, learntAccount: null });
  });
});

describe('what all keys have left', () => {
  it('is summed up by provider and by model, with how many keys it is known of', async () => {
    const all = await world(keys);
    const [first] = [await keyAt(all, 0)];
    await updateKey(all.context, {
      id: first.id,
      limits: { requestsPerMinute: 10, models: { o3: { tokensPerDay: 50 } } },
    });
    use(all, 0);
    const { providers, models } = await read(all);
    const requestsPerMinute = {
      left: 9,
      limit: 10,
      keys: 1,
      sources: ['set'],
      resetsAt: all.clock.now + 61_000,
    };
    expect(providers).toMatchObject([
      { slug: 'default', capacity: { keys: 2, knownKeys: 1, requestsPerMinute }, models: [{ model: 'o3' }] },
    ]);
    expect(models).toEqual([
      {
        model: 'o3',
        providers: 1,
        capacity: {
          keys: 2,
          knownKeys: 1,
          requestsPerMinute,
          tokensPerDay: { left: 50, limit: 50, keys: 1, sources: ['set'], resetsAt: null },
        },
      },
    ]);
  });

  it('of a model alone is told on request, whether or not it has limits of its own', async () => {
    const all = await world(keys);
    const [first] = [await keyAt(all, 0)];
    await updateKey(all.context, { id: first.id, ...limited(10) });
    const { models } = await read(all, undefined, 'any');
    expect(models).toMatchObject([{ model: 'any', capacity: { requestsPerMinute: { left: 10, keys: 1 } } }]);
    expect((await read(all)).models).toEqual([]);
  });

  it('counts a provider that is off with the providers, and not with the models', async () => {
    const all = await world(keys);
    const body = providersApi.create.body.parse({
      name: 'Off',
      baseUrl: 'http://127.0.0.1:9/v1',
      isEnabled: false,
      limits: { models: { o3: { concurrency: 1 } } },
    });
    await createProvider(all.context, body);
    const { providers, models } = await read(all, 'off', 'o3');
    expect(providers).toMatchObject([{ slug: 'off', models: [{ model: 'o3' }] }]);
    expect(models).toEqual([]);
    await expect(capacityOfNone(all)).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

async function capacityOfNone({ context }: World) {
  return capacity(context, given('none'));
}
