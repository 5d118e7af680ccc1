import { expect } from 'vitest';
import { keyHint } from '../../../lib/balancer/attribution/key-hint';
import { chatChunk, chatCompletion, chatStream, reply } from '../../support/scripted-upstream';
import { open } from './ask';
import { CLIENT_TOKEN, inEveryFace } from './faces';
import { Stage } from './stage';
import { MODEL, type StagedProvider } from './staged-provider';

/** The hints of the keys that were asked, in order. */
function hintsAsked(provider: StagedProvider): string[] {
  return provider.requests().map(({ key }) => keyHint(key ?? ''));
}

inEveryFace('the request log', (start) => {
  const stage = new Stage(start);

  stage.it('tells who asked for what, who answered, and how it went', { keys: 1 }, async (provider) => {
    const answer = await provider.chat();
    const log = await provider.log(answer);
    expect(log).toMatchObject({
      method: 'POST',
      endpoint: '/chat/completions',
      model: MODEL,
      isStream: 0,
      provider: provider.slug,
      keyHint: keyHint(provider.key(0)),
      token: keyHint(CLIENT_TOKEN),
      status: 200,
      outcome: 'success',
      errorCode: null,
      errorMessage: null,
      attemptCount: 1,
      requestBytes: provider.requests()[0]?.body.length,
      responseBytes: answer.body.length,
      promptTokens: 3,
      completionTokens: 2,
      cachedTokens: 0,
    });
    expect(Math.abs(log.at - Date.now())).toBeLessThan(30_000);
    expect(log.ttfbMs).toBeGreaterThanOrEqual(0);
    expect(log.durationMs).toBeGreaterThanOrEqual(log.ttfbMs ?? Infinity);
  });

  stage.it(
    'tells every attempt: the key, what came back, what the key suffered, and who was passed over',
    { keys: 4, max_retries: 3 },
    async (provider) => {
      provider.replies(
        reply.rateLimited({ retryAfter: '60' }),
        reply.error(401, { message: 'revoked', code: 'invalid_api_key' }),
        reply.error(500, { message: 'oops' }),
        reply.healthy,
      );
      const { trace, ...log } = await provider.log(await provider.chat());
      const hints = hintsAsked(provider);
      expect(log).toMatchObject({ status: 200, outcome: 'success', attemptCount: 4, keyHint: hints[3] });
      expect(trace.skippedProviders).toEqual([]);
      expect(trace.attempts).toMatchObject([
        { keyHint: hints[0], verdict: 'rate_limited', status: 429, effect: `rests 60 s for ${MODEL}` },
        { keyHint: hints[1], verdict: 'key_rejected', status: 401, effect: 'failure 1 of 3' },
        { keyHint: hints[2], verdict: 'upstream_error', status: 500, error: '500 server_error: oops' },
        { keyHint: hints[3], verdict: 'success', status: 200 },
      ]);
      expect(trace.attempts[1]?.error).toBe('401 invalid_api_key: revoked');
      expect(trace.attempts[2]?.backoffMs).toBeGreaterThanOrEqual(50);
      for (const attempt of trace.attempts) {
        expect(attempt).toMatchObject({
          provider: provider.slug,
          policy: 'headroom',
          keys: 4,
          candidates: 4,
        });
      }
      const starts = trace.attempts.map(({ startMs }) => startMs);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));

      const next = await provider.log(await provider.chat());
      expect(next.trace.attempts[0]?.skipped).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ hint: hints[0], reason: 'cooling_model' }),
          expect.objectContaining({ hint: hints[1], reason: 'cooling' }),
        ]),
      );
    },
  );

  stage.it(
    'has a row in the error log for each failed attempt, with what the upstream said and without its key',
    { keys: 3 },
    async (provider) => {
      const limited = JSON.stringify({ error: { message: 'Slow down', code: 'rate_limit_exceeded' } });
      provider.keyReplies(0, reply.error(401, { message: `Incorrect key ${provider.key(0)}` }));
      provider.keyReplies(1, reply.bytes(429, Buffer.from(limited), { 'content-type': 'application/json' }));
      const answers = await provider.chatTimes(3);
      const logs = await Promise.all(answers.map((answer) => provider.log(answer)));
      const failed = logs.filter(({ attemptCount }) => attemptCount > 1);
      const rows = [];
      for (const [index, log] of logs.entries()) {
        const answer = answers[index];
        if (!failed.includes(log) || answer === undefined) continue;
        for (const row of await provider.errors(answer, log.attemptCount - 1)) {
          expect(row.requestLogId).toBe(log.id);
          rows.push(row);
        }
      }
      expect(rows).toHaveLength(2);
      const base = {
        provider: provider.slug,
        model: MODEL,
        endpoint: '/chat/completions',
        requestBody: null,
      };
      const [first, second] = [provider.key(0), provider.key(1)].map(keyHint);
      expect(rows.find(({ status }) => status === 401)).toMatchObject({
        ...base,
        keyHint: first,
        verdict: 'key_rejected',
        message: `401 server_error: Incorrect key ${first}`,
        upstreamBody: expect.stringMatching(
          new RegExp(`Incorrect key ${first?.replace('...', '\\*+')}"`),
        ) as string,
      });
      expect(rows.find(({ status }) => status === 429)).toMatchObject({
        ...base,
        keyHint: second,
        verdict: 'rate_limited',
        upstreamBody: limited,
      });
      expect(JSON.stringify([logs, rows])).not.toContain(provider.key(0));
    },
  );

  stage.it(
    'tells a failed request by the status the client got and the last verdict',
    { keys: 2 },
    async (provider) => {
      provider.replies(reply.error(503, { message: 'out of order' }));
      const answer = await provider.chat();
      expect(await provider.log(answer)).toMatchObject({
        status: 503,
        outcome: 'upstream_error',
        errorCode: 'upstream_error',
        errorMessage: '503 server_error: out of order',
        attemptCount: 4,
      });
      expect(await provider.errors(answer, 4)).toHaveLength(4);
    },
  );

  stage.it('tells why a request reached no upstream at all', { keys: 1 }, async (provider) => {
    provider.replies(reply.rateLimited({ retryAfter: '60' }));
    await provider.chat();
    const answer = await provider.chat();
    const { trace, ...log } = await provider.log(answer);
    expect(log).toMatchObject({ status: 429, outcome: 'all_keys_cooling', attemptCount: 0, keyHint: null });
    expect(trace.attempts).toEqual([]);
    expect(trace.skippedProviders).toMatchObject([{ provider: provider.slug, reason: 'all_cooling' }]);
    await expect(provider.errors(answer, 1)).resolves.toMatchObject([
      { status: 429, verdict: 'all_keys_cooling', upstreamBody: null },
    ]);
  });

  stage.it('shows 499 for a client that left', { keys: 1 }, async (provider) => {
    provider.replies(reply.sseStallAfter([chatChunk('Hello')]));
    const incoming = await open(stage.server, `/${provider.slug}/v1/chat/completions`, {
      body: provider.chatBody({ stream: true }),
    });
    incoming.destroy();
    const log = await provider.log(incoming);
    expect(log).toMatchObject({ status: 499, outcome: 'client_closed', attemptCount: 1 });
  });

  stage.it('shows a broken stream as cut, with what went before', { keys: 1 }, async (provider) => {
    provider.replies(reply.cutAfter([chatChunk('Hello')]));
    const answer = await provider.stream();
    expect(await provider.log(answer)).toMatchObject({
      status: 200,
      outcome: 'cut',
      errorCode: 'cut',
      isStream: 1,
    });
    await expect(provider.errors(answer, 1)).resolves.toMatchObject([
      { verdict: 'cut', keyHint: keyHint(provider.key(0)) },
    ]);
  });

  const detailed = {
    prompt_tokens: 1200,
    completion_tokens: 340,
    total_tokens: 1540,
    prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 256 },
  };
  const counted = { promptTokens: 1200, cachedTokens: 1024, completionTokens: 340, reasoningTokens: 256 };

  stage.it('takes the tokens from a JSON answer', { keys: 1 }, async (provider) => {
    provider.replies(reply.json(200, { ...chatCompletion(), usage: detailed }));
    expect(await provider.log(await provider.chat())).toMatchObject(counted);
  });

  stage.it('takes the tokens from the last chunk of a stream', { keys: 1 }, async (provider) => {
    const interim = chatChunk('Hello', { usage: { prompt_tokens: 1, completion_tokens: 1 } });
    provider.replies(reply.sse([interim, ...chatStream([' there'], { usage: detailed })]));
    expect(await provider.log(await provider.stream())).toMatchObject({ ...counted, isStream: 1 });
  });

  const ofResponses = {
    input_tokens: 1200,
    input_tokens_details: { cached_tokens: 1024 },
    output_tokens: 340,
    output_tokens_details: { reasoning_tokens: 256 },
    total_tokens: 1540,
  };

  stage.it('takes the tokens from a JSON answer of the Responses API', { keys: 1 }, async (provider) => {
    provider.replies(reply.json(200, { id: 'resp_1', object: 'response', output: [], usage: ofResponses }));
    const answer = await provider.ask('/responses', { body: { model: MODEL, input: 'hi' } });
    expect(await provider.log(answer)).toMatchObject({ ...counted, endpoint: '/responses' });
  });

  stage.it('takes the tokens from response.completed', { keys: 1 }, async (provider) => {
    const event = (type: string, fields: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    provider.replies(
      reply.sse([
        event('response.created', { response: { id: 'resp_1', usage: null } }),
        event('response.output_text.delta', { delta: 'Say "usage":{"input_tokens":7}' }),
        event('response.completed', { response: { id: 'resp_1', usage: ofResponses } }),
      ]),
    );
    const answer = await provider.ask('/responses', { body: { model: MODEL, input: 'hi', stream: true } });
    expect(await provider.log(answer)).toMatchObject(counted);
  });

  stage.it('leaves the tokens open where the upstream names none', { keys: 1 }, async (provider) => {
    provider.replies(reply.sse(chatStream(['Hello'])));
    expect(await provider.log(await provider.stream())).toMatchObject({
      promptTokens: null,
      completionTokens: null,
      cachedTokens: null,
    });
  });

  stage.it(
    'is told to the client by its request id, which a client may choose',
    { keys: 1 },
    async (provider) => {
      const headers = { 'x-request-id': `mine-${provider.slug}` };
      const answer = await provider.ask('/chat/completions', { body: provider.chatBody(), headers });
      expect(answer.headers['x-request-id']).toBe(headers['x-request-id']);
      expect(await provider.log(answer)).toMatchObject({ requestId: headers['x-request-id'], status: 200 });
    },
  );
});

inEveryFace('ERROR_LOG_RECORD_REQUEST_BODY', (start) => {
  const stage = new Stage(start, { ERROR_LOG_RECORD_REQUEST_BODY: true });

  stage.it('keeps the body of a failed request, as it came', { keys: 1 }, async (provider) => {
    provider.replies(reply.error(400));
    const body = '{ "model":"gpt-test", "messages":[] , "é":1}';
    const answer = await provider.ask('/chat/completions', { body });
    await expect(provider.errors(answer, 1)).resolves.toMatchObject([
      { requestBody: body, verdict: 'client_error', status: 400 },
    ]);
  });
});
