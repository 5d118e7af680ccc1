import { expect } from 'vitest';
import { chatStream, reply } from '../../support/scripted-upstream';
import { inEveryFace } from './faces';
import { Stage } from './stage';

const AFTER_SECONDS = 0.2;
const CODE = { type: 'code_interpreter', container: { type: 'auto' } };

inEveryFace('a request whose key stays silent', (start) => {
  const stage = new Stage(start, { HEDGE_SECONDS: AFTER_SECONDS });

  // Of the first requests one is given a second key; these must leave it to the next test.
  for (const [what, path, body] of [
    ['may make something that stays', '/files', { file: 'f' }],
    ['leaves a response behind', '/responses', { stream: true }],
    ['asks for its answer to be stored', '/chat/completions', { stream: true, store: true }],
    ['has a tool work at the provider', '/responses', { stream: true, store: false, tools: [CODE] }],
    ['makes sound that is kept', '/chat/completions', { stream: true, modalities: ['text', 'audio'] }],
    ['calls the servers of others', '/messages', { stream: true, mcp_servers: [{ type: 'url' }] }],
    ['would be answered whole a second time', '/chat/completions', {}],
  ] as const) {
    stage.it(
      `is not sent a second time if it ${what}`,
      { keys: 2, timeout: 1, max_retries: 1 },
      async (provider) => {
        provider.replies(reply.stall());
        const answer = await provider.ask(path, { body: { model: 'gpt-test', ...body } });
        expect(answer.status).toBe(504);
        const { trace } = await provider.log(answer);
        // Another key is asked only behind the first, if at all.
        expect(trace.attempts.some(({ isHedge }) => isHedge)).toBe(false);
      },
    );
  }

  stage.it('gets its stream from another one', { keys: 2 }, async (provider) => {
    provider.replies(reply.stall(), reply.sse(chatStream(['From the other'])));
    const answer = await provider.stream();
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('From the other');
    expect(provider.requests()).toHaveLength(2);
    expect(new Set(provider.asked()).size).toBe(2);
    await provider.requests()[0]!.closed;
    expect(provider.requests()[0]!.wasAborted()).toBe(true);

    const { trace, outcome, attemptCount } = await provider.log(answer);
    expect({ outcome, attemptCount }).toEqual({ outcome: 'success', attemptCount: 2 });
    expect(trace.attempts.map(({ verdict, isHedge }) => [verdict, isHedge])).toEqual([
      ['outrun', undefined],
      ['success', true],
    ]);
    expect(trace.attempts[1]!.startMs).toBeGreaterThanOrEqual(AFTER_SECONDS * 1000);
  });
});
