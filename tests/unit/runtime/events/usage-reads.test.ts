import { expect, it } from 'vitest';
import type { RequestRecord } from '../../../../lib/gateway/record/record';
import { UsageReads } from '../../../../lib/runtime/events/usage-reads';

const used = { promptTokens: 1, completionTokens: 1, totalTokens: 2, cachedTokens: 0, reasoningTokens: 0 };

/** What all processes share. */
function database() {
  const names = new Set<string>();
  return { isFirst: (name: string) => Promise.resolve(names.size < names.add(name).size) };
}

const newReads = () => new UsageReads(database());

const request = (endpoint: string, rest: Partial<RequestRecord> = {}) =>
  ({ method: 'GET', status: 200, endpoint, provider: 'p', usage: used, ...rest }) as RequestRecord;

it.each(['/batches/b', '/threads/t/runs/r'])(
  'what was done behind its request counts once: %s',
  async (path) => {
    const reads = newReads();
    expect(reads.isCounted(request(path, { usage: { ...used, totalTokens: 0 } }))).toBe(false);
    expect(await reads.isCounted(request(`${path}/cancel`, { method: 'POST' }))).toBe(false);
    expect(await reads.isCounted(request(path))).toBe(true);
    expect(await reads.isCounted(request(path, { provider: 'q' }))).toBe(false);
  },
);

it('a response counts when it is read only if it was made in the background', async () => {
  const reads = newReads();
  expect(reads.isCounted(request('/responses/r'))).toBe(true);
  const usage = { ...used, isBackground: true as const };
  expect(await reads.isCounted(request('/responses/r', { usage }))).toBe(false);
  expect(await reads.isCounted(request('/responses/r', { usage }))).toBe(true);
});

it.each([
  ['GET', '/chat/completions/c'],
  ['POST', '/chat/completions/c'],
  ['GET', '/chat/completions'],
  ['GET', '/batches'],
  ['GET', '/threads/t/runs'],
  ['GET', '/files/file-1/content'],
  ['GET', '/messages/batches/b/results'],
])('what is kept counts with the request that made it: %s %s', (method, endpoint) => {
  expect(newReads().isCounted(request(endpoint, { method }))).toBe(true);
});

it('what is asked for anew counts each time, and so does each connection', () => {
  const reads = newReads();
  for (let n = 0; n < 2; n += 1) {
    expect(reads.isCounted(request('/chat/completions', { method: 'POST' }))).toBe(false);
    expect(reads.isCounted(request('/threads/t/runs', { method: 'POST' }))).toBe(false);
    expect(reads.isCounted(request('/realtime', { status: 101 }))).toBe(false);
  }
});

it('asks the database at most once for each of a bounded number', async () => {
  const reads = newReads();
  for (let n = 0; n <= 10_000; n += 1) await reads.isCounted(request(`/batches/${n}`));
  expect(reads.isCounted(request('/batches/10000'))).toBe(true);
  expect(reads.isCounted(request('/batches/0'))).toBeInstanceOf(Promise);
});

it('what another process has counted is not counted again, and counts where the database does not answer', async () => {
  const shared = database();
  const [here, there] = [new UsageReads(shared), new UsageReads(shared)];
  expect(await here.isCounted(request('/batches/b'))).toBe(false);
  expect(await there.isCounted(request('/batches/b'))).toBe(true);
  const alone = new UsageReads({ isFirst: () => Promise.reject(new Error('away')) });
  expect(await alone.isCounted(request('/batches/b'))).toBe(false);
  expect(await alone.isCounted(request('/batches/b'))).toBe(true);
});
