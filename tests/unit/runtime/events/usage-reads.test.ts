import { expect, it } from 'vitest';
import type { RequestRecord } from '../../../../lib/gateway/record/record';
import { UsageReads } from '../../../../lib/runtime/events/usage-reads';

const used = { promptTokens: 1, completionTokens: 1, totalTokens: 2, cachedTokens: 0, reasoningTokens: 0 };

const request = (endpoint: string, rest: Partial<RequestRecord> = {}) =>
  ({ method: 'GET', status: 200, endpoint, provider: 'p', usage: used, ...rest }) as RequestRecord;

it('what a read tells of usage counts once, for each provider', () => {
  const reads = new UsageReads();
  expect(reads.isCounted(request('/responses/r', { usage: { ...used, totalTokens: 0 } }))).toBe(false);
  expect(reads.isCounted(request('/responses/r'))).toBe(false);
  expect(reads.isCounted(request('/responses/r'))).toBe(true);
  expect(reads.isCounted(request('/responses/r', { provider: 'q' }))).toBe(false);
});

it('what is asked for anew counts each time, and so does each connection', () => {
  const reads = new UsageReads();
  for (let n = 0; n < 2; n += 1) {
    expect(reads.isCounted(request('/chat/completions', { method: 'POST' }))).toBe(false);
    expect(reads.isCounted(request('/realtime', { status: 101 }))).toBe(false);
  }
});

it('results of a batch count not at all, because the batch does', () => {
  const reads = new UsageReads();
  expect(reads.isCounted(request('/files/file-1/content'))).toBe(true);
  expect(reads.isCounted(request('/messages/batches/b/results'))).toBe(true);
});

it('remembers a bounded number of reads', () => {
  const reads = new UsageReads();
  for (let n = 0; n <= 10_000; n += 1) reads.isCounted(request(`/responses/${n}`));
  expect(reads.isCounted(request('/responses/10000'))).toBe(true);
  expect(reads.isCounted(request('/responses/0'))).toBe(false);
});
