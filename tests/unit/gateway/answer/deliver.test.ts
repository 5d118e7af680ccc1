import { beforeEach, describe, expect, it } from 'vitest';
import type { LoopResult } from '../../../../lib/balancer/attempts/attempt-loop';
import type { AttemptTrace } from '../../../../lib/balancer/attempts/trace';
import { VERDICTS } from '../../../../lib/balancer/attempts/verdict';
import { usageFrom } from '../../../../lib/openai/answer/usage';
import { deliver } from '../../../../lib/gateway/answer/deliver';
import type { UpstreamAnswer } from '../../../../lib/upstream/answer/answer';
import { answered, poolOf, settle, START_MS, take } from '../../balancer/support';
import { logOf, requestOf, SeenResponse } from '../client-side';
import { FedAnswer } from '../fed-answer';

type Answered = Extract<LoopResult<UpstreamAnswer>, { readonly kind: 'commit' | 'pass_through' }>;

const ATTEMPT: AttemptTrace = {
  provider: 'main',
  keyId: 'a',
  keyHint: 'sk-...a',
  policy: 'round_robin',
  keys: 1,
  candidates: 1,
  skipped: [],
  skippedMore: 0,
  startMs: 0,
  durationMs: 5,
  verdict: 'success',
  status: 200,
};

let answer: FedAnswer;
let response: SeenResponse;
let now: number;
let outputTokensMax: number | undefined;
let request: ReturnType<typeof requestOf>;
let kept: ReturnType<typeof logOf>;

beforeEach(() => {
  answer = new FedAnswer();
  response = new SeenResponse();
  request = requestOf();
  now = START_MS;
  outputTokensMax = undefined;
  kept = logOf(() => now);
});

function delivered(result: Answered, isLate = false): Promise<void> {
  const { log } = kept;
  log.trace = result.trace;
  return deliver({ request, response, log, isLate, outputTokensMax, now: () => now }, result);
}

/** A lease in use, whose answer is being passed on. */
function committed(tokens = 0) {
  const pool = poolOf('a');
  const lease = take(pool, now, { tokens });
  settle(pool, lease, answered(200), now);
  const trace = { attempts: [ATTEMPT], skippedProviders: [] };
  return { pool, result: { kind: 'commit', pool, lease, answer, trace } as const };
}

const refused = (): Answered => ({
  kind: 'pass_through',
  answer,
  verdict: VERDICTS.upstream_error,
  trace: {
    attempts: [{ ...ATTEMPT, verdict: 'upstream_error', status: 500, error: '500: oops' }],
    skippedProviders: [],
  },
});

it('tells a client when there will be a key, of an answer that is passed on alone', async () => {
  answer.status = 429;
  const { result } = committed();
  void delivered(result);
  expect(response.headers).not.toHaveProperty('retry-after');
  answer = new FedAnswer();
  response = new SeenResponse();
  answer.status = 429;
  void delivered({ ...refused(), freeInMs: 1_500 } as Answered);
  expect(response.headers).toMatchObject({ 'retry-after': '2' });
});

describe('an answer that was committed', () => {
  it('frees its key at its end, and is recorded as what it was', async () => {
    const { pool, result } = committed();
    expect(pool.keys[0]!.inFlight).toBe(1);
    answer.usage = { promptTokens: 3 } as UpstreamAnswer['usage'];
    answer.bytes = 7;
    const done = delivered(result);
    expect(kept.log.isCommitted).toBe(true);
    answer.sink!.end();
    await done;
    expect(pool.keys[0]!.inFlight).toBe(0);
    expect(kept.records).toMatchObject([
      { status: 200, outcome: 'success', errorMessage: undefined, responseBytes: 7, firstByteMs: 0 },
    ]);
    expect(kept.records[0]!.usage).toMatchObject({ promptTokens: 3 });
  });

  it('that breaks off is told to the pool and the log, and its attempt ends as it ended', async () => {
    const { pool, result } = committed();
    const done = delivered(result);
    now += 250;
    answer.fail('stalled');
    await done;
    expect(pool.keys[0]!.inFlight).toBe(0);
    expect(pool.breaker).toMatchObject({ state: 'closed' });
    expect(kept.records[0]).toMatchObject({
      status: 200,
      outcome: 'stalled',
      errorMessage: 'it was stalled',
    });
    expect(kept.records[0]!.trace.attempts).toMatchObject([
      { verdict: 'stalled', error: 'it was stalled', durationMs: 250 },
    ]);
  });

  it('whose client leaves frees its key, and is held against nobody', async () => {
    const { pool, result } = committed();
    const done = delivered(result);
    request.signal.abort();
    await done;
    expect(pool.keys[0]!.inFlight).toBe(0);
    expect(kept.records[0]).toMatchObject({ status: 499, outcome: 'client_closed' });
    expect(kept.records[0]!.trace.attempts).toMatchObject([{ verdict: 'success' }]);
  });

  it.each([
    ['request', 0],
    ['provider', 1],
  ] as const)(
    'with an error about the %s in its middle counts %i against the provider',
    async (subject, count) => {
      const ends: unknown[] = [];
      const { pool, result } = committed();
      const finish = pool.finish.bind(pool);
      pool.finish = (lease, end, ...rest) => {
        ends.push(end);
        finish(lease, end, ...rest);
      };
      answer.brokenFacts = { subject, rule: 'test', code: undefined, message: 'no' };
      const done = delivered(result);
      answer.sink!.end();
      await done;
      expect(ends).toEqual([count === 1 ? VERDICTS.cut : VERDICTS.client_error]);
      expect(kept.records[0]).toMatchObject({ outcome: 'cut', errorMessage: 'no' });
    },
  );
});

describe('the tokens that an answer used', () => {
  /** What the pool is told of them, after the answer ended so. */
  async function toldAfter(finish: () => void, result = committed()): Promise<unknown[]> {
    const told: unknown[] = [];
    result.pool.finish = (...parts) => void told.push(parts[4]);
    const done = delivered(result.result);
    finish();
    await done;
    return told;
  }
  const usage = usageFrom({ prompt_tokens: 9, completion_tokens: 1 });

  it.each<[string, object, number]>([
    [
      'chat, with cached tokens',
      { prompt_tokens: 2_006, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 1_920 } },
      2_306,
    ],
    ['an embedding', { prompt_tokens: 8, total_tokens: 8 }, 8],
    ['the Responses API', { input_tokens: 36, output_tokens: 87, total_tokens: 123 }, 123],
    [
      'Anthropic, with its cache beside the prompt',
      {
        input_tokens: 21,
        cache_creation_input_tokens: 188,
        cache_read_input_tokens: 1_000,
        output_tokens: 393,
      },
      1_602,
    ],
  ])('are told to the pool, as those of %s', async (_what, told, tokens) => {
    answer.usage = usageFrom(told);
    expect(await toldAfter(() => answer.sink!.end())).toEqual([tokens]);
  });

  it.each([undefined, usageFrom({ prompt_tokens: 0, total_tokens: 0 })])(
    'are not told where the answer did not: %j',
    async (untold) => {
      answer.usage = untold;
      expect(await toldAfter(() => answer.sink!.end())).toEqual([undefined]);
    },
  );

  it.each([
    ['a short answer takes the rest of what was reserved back', { least: 3, most: 12 }, 1_012],
    ['an answer as long as may be leaves it as it is', { least: 3, most: 9_999 }, 1_500],
    ['a longer one adds to it', { least: 700, most: 9_999 }, 1_700],
    ['of an answer of unknown size it stays', { least: 0, most: Infinity }, 1_500],
  ])('are estimated by what has passed where nobody tells: %s', async (_what, passed, tokens) => {
    // 1,000 of the prompt, and an answer of 500 at most.
    const reserved = () => committed(1_500);
    outputTokensMax = 500;
    for (const finish of [() => answer.sink!.end(), () => answer.fail('cut'), () => request.signal.abort()]) {
      answer = new FedAnswer();
      answer.passedTokens = passed;
      expect(await toldAfter(finish, reserved())).toEqual([tokens]);
    }
  });

  it('are not told of an answer that broke off, or was left: it began with a part of them', async () => {
    answer.usage = usage;
    expect(await toldAfter(() => answer.fail('cut'))).toEqual([undefined]);
    answer = new FedAnswer();
    answer.usage = usage;
    expect(await toldAfter(() => request.signal.abort())).toEqual([undefined]);
  });

  it("are nobody's of a failure that is passed through", async () => {
    const { pool } = committed();
    answer.usage = usage;
    expect(await toldAfter(() => answer.sink!.end(), { pool, result: refused() } as never)).toEqual([]);
  });
});

describe('a failure that is passed through', () => {
  it('has its own status and body, and is recorded by its verdict', async () => {
    answer.status = 500;
    const done = delivered(refused());
    answer.data('oops');
    answer.sink!.end();
    await done;
    expect(response).toMatchObject({ status: 500, text: 'oops', ending: 'whole' });
    expect(kept.records[0]).toMatchObject({
      status: 500,
      outcome: 'upstream_error',
      errorMessage: '500: oops',
    });
  });

  it('and that its client leaves is recorded as that', async () => {
    const done = delivered(refused());
    request.signal.abort();
    await done;
    expect(kept.records[0]).toMatchObject({ status: 499, outcome: 'client_closed' });
  });
});

describe('a client that has the head of a stream already', () => {
  it('gets an answer in JSON as an event', async () => {
    const done = delivered(committed().result, true);
    answer.data('{"a":1}');
    answer.sink!.end();
    await done;
    expect(response).toMatchObject({ status: undefined, ending: 'whole' });
    expect(response.text).toBe('data: {"a":1}\n\ndata: [DONE]\n\n');
  });

  it('gets a stream as it is, without its head', async () => {
    answer.isEventStream = true;
    const done = delivered(committed().result, true);
    answer.data('data: x\n\n');
    answer.sink!.end();
    await done;
    expect(response).toMatchObject({ status: undefined, text: 'data: x\n\n', ending: 'whole' });
  });

  it.each([
    ['its own words', '{"error":{"message":"busy"}}', '{"error":{"message":"busy"}}'],
    ['our words for it', '<html>', expect.stringContaining("Provider 'main' answered with status 500.")],
  ])('gets a failure as the last event: %s', async (_what, errorData, event) => {
    answer.errorData = errorData;
    await delivered(refused(), true);
    expect(answer.isAborted).toBe(true);
    expect(response.ending).toBe('broken');
    expect(response.lastWords!.replace(/^data: |\n\n$/g, '')).toEqual(event);
    expect(kept.records[0]).toMatchObject({ status: 500, outcome: 'upstream_error' });
  });

  it('and has left is recorded as gone', async () => {
    request.signal.abort();
    await delivered(refused(), true);
    expect(kept.records[0]).toMatchObject({ status: 499, outcome: 'client_closed' });
  });
});
