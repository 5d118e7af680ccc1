import { expect, it } from 'vitest';
import type { RequestRecord } from '../../../../lib/gateway/record/record';
import type { EndedRequest } from '../../../../lib/gateway/tokens/admission';
import { PriceBook } from '../../../../lib/pricing/price-book';
import { Pricing } from '../../../../lib/runtime/events/priced';

const book = new PriceBook({
  own: () => [{ model: 'm', input: 10, output: 20 }],
  catalogue: () => undefined,
  baseUrlOf: () => undefined,
});

/** What the log gets, and what the token is charged, of an answer. */
function charged(answer: Partial<RequestRecord>) {
  const recorded: RequestRecord[] = [];
  const settled: EndedRequest[] = [];
  const admission = { promptTokens: 30, settle: (ended: EndedRequest) => void settled.push(ended) };
  const request = {
    method: 'POST',
    endpoint: '/chat/completions',
    provider: 'p',
    model: 'm',
    at: 0,
    admission,
  };
  const counted = { isFirst: () => Promise.resolve(true) };
  const parts = { book, counted, wallOf: (at: number) => at };
  new Pricing({ record: (one) => void recorded.push(one) }, parts).record({
    ...request,
    status: 200,
    firstByteMs: 1,
    ...answer,
  } as RequestRecord);
  return { log: recorded[0]!, token: settled[0]! };
}

it('a stream that does not tell its usage is charged by what has passed, and stays unknown in the log', () => {
  for (const status of [200, 499]) {
    const { log, token } = charged({ status, passedTokens: 40 });
    expect([log.usage, log.costNano]).toEqual([undefined, undefined]);
    expect(token.usage).toMatchObject({ promptTokens: 30, completionTokens: 40 });
    expect(token.costNano).toBe((30 * 10 + 40 * 20) * 1_000);
  }
});

it.each<[why: string, answer: Partial<RequestRecord>]>([
  ['is a refusal', { status: 429, passedTokens: 40 }],
  ['never began', { status: 499, firstByteMs: undefined, passedTokens: 40 }],
  ['has passed nobody knows how much', {}],
])('nothing is charged for an answer that %s', (_why, answer) => {
  const { token } = charged(answer);
  expect([token.usage, token.costNano]).toEqual([undefined, undefined]);
});

it('a total alone has no price, as nobody knows what part of it was the prompt', () => {
  const none = { promptTokens: 0, completionTokens: 0, cachedTokens: 0, reasoningTokens: 0 };
  expect(charged({ usage: { ...none, totalTokens: 500 } }).log.costNano).toBeUndefined();
  expect(charged({ usage: { ...none, totalTokens: 0 } }).log.costNano).toBe(0);
});

it('a conversation costs what its responses did, one by one', () => {
  const usage = { promptTokens: 1, completionTokens: 0, totalTokens: 1, cachedTokens: 0, reasoningTokens: 0 };
  const { log, token } = charged({ status: 101, usage, costNano: 77 });
  expect([log.costNano, token.costNano]).toEqual([77, 77]);
});
