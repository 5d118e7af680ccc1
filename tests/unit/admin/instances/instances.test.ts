import { describe, expect, it } from 'vitest';
import type { Instances } from '../../../../lib/admin/context';
import { instancesApi } from '../../../../lib/admin/contract/instances';
import { attentionItemSchema } from '../../../../lib/admin/contract/stats';
import { listInstances } from '../../../../lib/admin/instances/list';
import { readAttention } from '../../../../lib/admin/stats/attention';
import { world } from '../support';

const page = { version: '1.0.0', host: 'one', pid: 7, inFlight: 2, waiting: 1, requestsPerMinute: 60 };

async function contextWith(state: Instances['state']) {
  const { context, clock } = await world({});
  const list = () => [
    { ...page, id: 'a', name: 'x', upMs: 5_000 },
    { ...page, id: 'b', name: 'y', upMs: 1_000 },
  ];
  return {
    context: { ...context, instances: { ...context.instances, state, selfId: 'a', list } },
    now: clock.now,
  };
}

describe('the instances on one database', () => {
  it('are listed, with the one that answers', async () => {
    const { context, now } = await contextWith({ name: 'shared', since: 1 });
    const answer = instancesApi.list.answer.parse(listInstances(context));
    expect(answer).toMatchObject({ sharing: 'shared', reason: null });
    expect(answer.items).toEqual([
      { ...page, id: 'a', name: 'x', isThis: true, startedAt: now - 5_000 },
      { ...page, id: 'b', name: 'y', isThis: false, startedAt: now - 1_000 },
    ]);
    expect((await readAttention(context)).items).toEqual([]);
  });

  it('where no Redis is set nothing is shared by it, and nobody has to look', async () => {
    const { context } = await contextWith(undefined);
    expect(listInstances(context)).toMatchObject({ sharing: 'off', since: null, reason: null });
    expect((await readAttention(context)).items).toEqual([]);
  });

  it('need attention while Redis is away', async () => {
    const { context, now } = await contextWith({ name: 'local', since: 0, reason: 'ECONNREFUSED' });
    const { items } = await readAttention({
      ...context,
      instances: { ...context.instances, state: { name: 'local', since: now, reason: 'ECONNREFUSED' } },
    });
    expect(items.map((item) => attentionItemSchema.parse(item))).toEqual([
      { kind: 'alone', id: 'alone', severity: 'medium', since: now, reason: 'ECONNREFUSED' },
    ]);
    expect(listInstances(context)).toMatchObject({ sharing: 'local', reason: 'ECONNREFUSED' });
  });
});
