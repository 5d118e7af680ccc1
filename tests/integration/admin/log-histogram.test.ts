import { expect, it } from 'vitest';
import { logsApi, type LogHistogramAnswer } from '../../../lib/admin/contract/logs';
import { providersApi } from '../../../lib/admin/contract/providers';
import { keysApi } from '../../../lib/admin/contract/keys';
import { tasksApi } from '../../../lib/admin/contract/tasks';
import { reply } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { CLIENT, useServer } from './support';

const parts = useServer();
const { call, ask } = parts;

const sumOf = ({ bars }: LogHistogramAnswer) => {
  const sum = { succeeded: 0, failed: 0, other: 0 };
  for (const { succeeded, failed, other } of bars) {
    sum.succeeded += succeeded;
    sum.failed += failed;
    sum.other += other;
  }
  return sum;
};

async function addProvider(slug: string, key: string) {
  await call(providersApi.create, { name: slug, slug, baseUrl: parts.upstream.baseUrl });
  await call(keysApi.import, { provider: slug, text: key });
}

it('bars have what the lists have, by every filter, also after rows were deleted', async () => {
  await addProvider('one', 'sk-one-0123456789abcdef');
  await addProvider('two', 'sk-two-0123456789abcdef');
  for (let i = 0; i < 3; i += 1) await parts.chat(CLIENT, '/one/v1', 'model-a');
  await parts.chat(CLIENT, '/two/v1', 'model-b');
  parts.upstream.forKey('sk-two-0123456789abcdef', reply.error(400, { message: 'bad question' }));
  await parts.chat(CLIENT, '/two/v1', 'model-b');
  parts.upstream.forKey('sk-two-0123456789abcdef', reply.error(503, { message: 'down' }));
  await parts.chat(CLIENT, '/two/v1', 'model-b');

  const token = (await call(logsApi.requests, {})).items[0]?.token ?? '';
  const filters = [
    {},
    { provider: 'one' },
    { provider: 'two', model: 'model-b' },
    { status: '2xx' },
    { result: 'failed' as const },
    { result: 'clientErrors' as const },
    { outcome: 'failure' },
    { text: 'BAD QUEST' },
    { token },
    { durationMsMin: 0, durationMsMax: 60_000 },
    { from: Date.now() - 600_000, to: Date.now() + 600_000 },
    { from: Date.now() + 600_000 },
  ];
  for (const filter of filters) {
    const { items } = await call(logsApi.requests, { ...filter, pageSize: 200 });
    const bars = await call(logsApi.requestsHistogram, filter);
    expect([filter, bars.total, bars.isComplete]).toEqual([filter, items.length, true]);
    const succeeded = items.filter(({ status, outcome }) => status < 400 && outcome === 'success').length;
    expect(sumOf(bars).succeeded).toBe(succeeded);
  }
  expect(sumOf(await call(logsApi.requestsHistogram, {}))).toEqual({ succeeded: 4, failed: 1, other: 1 });

  const errors = await call(logsApi.errors, { pageSize: 200 });
  expect((await call(logsApi.errorsHistogram, {})).total).toBe(errors.items.length);
  expect(errors.items.length).toBeGreaterThanOrEqual(2);

  const { task } = await call(logsApi.delete, { kind: 'requests', filter: { provider: 'one' } });
  await waitFor(
    async () => ((await call(tasksApi.read, { id: task.id })).finishedAt === null ? undefined : true),
    { what: 'the rows to be deleted' },
  );
  expect(sumOf(await call(logsApi.requestsHistogram, {}))).toEqual({ succeeded: 1, failed: 1, other: 1 });
});

it('each bar has its rows: a list of its time has as many', async () => {
  const { bars, barMs } = await call(logsApi.requestsHistogram, {});
  for (const { at, succeeded, failed, other } of bars.slice(-3)) {
    const { items } = await call(logsApi.requests, { from: at, to: at + barMs - 1, pageSize: 200 });
    expect(items.length).toBe(succeeded + failed + other);
  }
});

it.each([
  ['logs/requests/histogram?from=2&to=1', 'to'],
  ['logs/requests/histogram?status=9xx', 'status'],
  ['logs/requests/histogram?searchMs=999999', 'searchMs'],
  ['logs/requests/histogram?from=yesterday', 'from'],
  ['logs/errors/histogram?token=x', 'token'],
  ['logs/errors/histogram?page=2', 'page'],
])('%s is refused, and the answer names the field', async (path, field) => {
  const { status, error } = await ask('GET', path);
  expect([status, Object.keys(error?.fields ?? {})]).toEqual([400, [field]]);
});

it('any span has a bounded number of bars', async () => {
  const { bars } = await call(logsApi.requestsHistogram, { from: 0, to: 8.64e15 });
  expect(bars.length).toBeLessThanOrEqual(61);
});
