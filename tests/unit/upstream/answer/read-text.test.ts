import { afterEach, expect, it, vi } from 'vitest';
import { readText } from '../../../../lib/upstream/answer/read-text';
import { answerOf } from '../answers';

const LIMITS = { bytesMax: 100 };
const onAbort = vi.fn();

afterEach(() => {
  vi.useRealTimers();
  onAbort.mockReset();
});

it('gives the whole body', async () => {
  expect(await readText(answerOf({ status: 200, body: 'grün' }), LIMITS)).toBe('grün');
});

it('gives nothing of a body that breaks off', async () => {
  expect(await readText(answerOf({ status: 200, body: 'half', isCut: true }), LIMITS)).toBeUndefined();
});

it('gives up a body that is too long', async () => {
  const answer = answerOf({ status: 200, body: 'x'.repeat(101), onAbort });
  expect(await readText(answer, LIMITS)).toBeUndefined();
  expect(onAbort).toHaveBeenCalledOnce();
});

it('gives up a body that takes too long', async () => {
  vi.useFakeTimers();
  const answer = answerOf({ status: 200, body: 'half', isStalled: true, onAbort });
  const text = readText(answer, { ...LIMITS, timeoutMs: 1_000 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await text).toBeUndefined();
  expect(onAbort).toHaveBeenCalledOnce();
});

it('gives up when the signal fires, before or while it reads', async () => {
  const abort = new AbortController();
  const stalled = answerOf({ status: 200, body: 'half', isStalled: true, onAbort });
  const text = readText(stalled, { ...LIMITS, signal: abort.signal });
  abort.abort();
  expect(await text).toBeUndefined();
  expect(onAbort).toHaveBeenCalledTimes(1);
  expect(await readText(stalled, { ...LIMITS, signal: abort.signal })).toBeUndefined();
  expect(onAbort).toHaveBeenCalledTimes(2);
});
