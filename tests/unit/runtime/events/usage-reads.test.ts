import { expect, it } from 'vitest';
import type { RequestRecord } from '../../../../lib/gateway/record/record';
import { UsageReads } from '../../../../lib/runtime/events/usage-reads';

const used = { promptTokens: 1, completionTokens: 1, totalTokens: 2, cachedTokens: 0, reasoningTokens: 0 };

const request = (endpoint: string, rest: Partial<RequestRecord> = {}) =>
  ({ method: 'GET', status: 200, endpoint, provider: 'p', usage: used, ...rest }) as RequestRecord;

it.each(['/batches/b', '/threads/t/runs/r'])('what was done behind its request counts once: %s', (path) => {
  const reads = new UsageReads();
  expect(reads.isCounted(request(path, { usage: { ...used, totalTokens: 0 } }))).toBe(false);
  expect(reads.isCounted(request(`${path}/cancel`, { method: 'POST' }))).toBe(false);
  expect(reads.isCounted(request(path))).toBe(true);
  expect(reads.isCounted(request(path, { provider: 'q' }))).toBe(false);
});

it('a response counts when it is read only if it was made in the background', () => {
  const reads = new UsageReads();
  expect(reads.isCounted(request('/responses/r'))).toBe(true);
  const usage = { ...used, isBackground: true as const };
  expect(reads.isCounted(request('/responses/r', { usage }))).toBe(false);
  expect(reads.isCounted(request('/responses/r', { usage }))).toBe(true);
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
  expect(new UsageReads().isCounted(request(endpoint, { method }))).toBe(true);
});

it('what is asked for anew counts each time, and so does each connection', () => {
  const reads = new UsageReads();
  for (let n = 0; n < 2; n += 1) {
    expect(reads.isCounted(request('/chat/completions', { method: 'POST' }))).toBe(false);
    expect(reads.isCounted(request('/threads/t/runs', { method: 'POST' }))).toBe(false);
    expect(reads.isCounted(request('/realtime', { status: 101 }))).toBe(false);
  }
});

it('remembers a bounded number of reads', () => {
  const reads = new UsageReads();
  for (let n = 0; n <= 10_000; n += 1) reads.isCounted(request(`/batches/${n}`));
  expect(reads.isCounted(request('/batches/10000'))).toBe(true);
  expect(reads.isCounted(request('/batches/0'))).toBe(false);
});
