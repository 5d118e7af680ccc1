import { describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../../../lib/gateway/record/record';
import type { EndedRequest } from '../../../../lib/gateway/tokens/admission';
import { PriceBook } from '../../../../lib/pricing/price-book';
import { Pricing } from '../../../../lib/runtime/events/priced';

const book = new PriceBook({
  own: () => [
    { model: 'm', input: 10, output: 20 },
    { model: 'piece', request: 0.04 },
    { model: 'free-tokens', input: 0, output: 0, request: 0.5 },
    { model: 'both', input: 1, output: 1, request: 0.01 },
  ],
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
    outcome: answer.status === 499 ? 'client_closed' : 'success',
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

describe('what is paid by the request', () => {
  const usage = {
    promptTokens: 5,
    completionTokens: 5,
    totalTokens: 10,
    cachedTokens: 0,
    reasoningTokens: 0,
  };

  it.each([
    ['piece', 40_000_000],
    ['free-tokens', 500_000_000],
  ])('of %s costs as much whether or not its tokens are told', (model, nano) => {
    for (const answer of [{}, { usage }, { usage: { ...usage, promptTokens: 0, completionTokens: 0 } }]) {
      const { log, token } = charged({ ...answer, endpoint: '/images/generations', model });
      expect([log.costNano, token.costNano]).toEqual([nano, nano]);
    }
    expect(charged({ model, status: 499, passedTokens: 3 }).token.costNano).toBe(nano);
  });

  it('stays unknown where its tokens cost something too and are not told', () => {
    expect(charged({ model: 'both' }).log.costNano).toBeUndefined();
    expect(charged({ model: 'both', usage }).log.costNano).toBe(10_010_000);
  });

  it.each<[string, Partial<RequestRecord>]>([
    ['a refusal', { status: 400 }],
    ['one without an answer', { status: 499, firstByteMs: undefined }],
    ['a failure that came as a 200', { outcome: 'upstream_error' }],
    ['a read', { method: 'GET' }],
    ['a mere count', { endpoint: '/messages/count_tokens' }],
    ['one without a model', { model: undefined }],
  ])('is nothing for %s', (_name, answer) => {
    expect(charged({ model: 'piece', ...answer }).log.costNano).toBeUndefined();
  });
});
