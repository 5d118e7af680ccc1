import { describe, expect, it } from 'vitest';
import type { SeenFailure } from '../../../../lib/balancer/health/outage';
import { canRepeat, questionAfter } from '../../../../lib/probing/outages/outage-question';

const seen = (asks: SeenFailure['asks'], over: Partial<SeenFailure> = {}): SeenFailure => ({
  kind: 'status',
  status: 503,
  detail: undefined,
  model: 'm-1',
  asks,
  ...over,
});
const post = (path: string, isStream = false) => ({ method: 'POST', path, isStream });
const bodyOf = ({ request }: ReturnType<typeof questionAfter>): Record<string, unknown> =>
  JSON.parse((request.body as Buffer | undefined)?.toString() ?? '{}') as Record<string, unknown>;

describe('a question after a failure', () => {
  it.each([
    '/chat/completions',
    '/chat/completions/',
    '/completions',
    '/responses',
    '/messages',
    '/embeddings',
    '/moderations',
    '/rerank',
  ])('asks %s for the same model', (path) => {
    const question = questionAfter(seen(post(path)), 'test-model');
    expect(question).toMatchObject({
      isLike: true,
      request: { method: 'POST', path: path.replace(/\/$/, ''), model: 'm-1' },
    });
    expect(bodyOf(question)).toMatchObject({ model: 'm-1' });
    expect(bodyOf(question)).not.toHaveProperty('stream');
  });

  it('is streamed if what failed was', () => {
    const question = questionAfter(seen(post('/chat/completions', true)), 'test-model');
    expect(question.request.isStream).toBe(true);
    expect(bodyOf(question)).toMatchObject({ stream: true });
  });

  it.each([
    ['POST', '/images/generations'],
    ['POST', '/audio/speech'],
    ['POST', '/files'],
    ['POST', '/batches'],
    ['POST', '/constructor'],
    ['GET', '/responses'],
    ['DELETE', '/files/file-1'],
  ])(
    'never repeats %s %s, which may cost or leave something, and asks for the models instead',
    (method, path) => {
      const failure = seen({ method, path });
      expect(canRepeat(failure)).toBe(false);
      expect(questionAfter(failure, 'test-model')).toMatchObject({
        isLike: false,
        request: { method: 'GET', path: '/models' },
      });
    },
  );

  it('repeats the list of models as itself', () => {
    expect(questionAfter(seen({ method: 'GET', path: '/models' }), 'test-model').isLike).toBe(true);
  });

  it('asks the test model where no model is known, but only for chats', () => {
    const nameless = { model: '' };
    expect(bodyOf(questionAfter(seen(post('/chat/completions'), nameless), 'test-model'))).toMatchObject({
      model: 'test-model',
    });
    for (const path of ['/embeddings', '/moderations']) {
      expect(questionAfter(seen(post(path), nameless), 'test-model').isLike).toBe(false);
    }
  });

  it('may be any where nobody was reached', () => {
    expect(canRepeat(seen(post('/images/generations'), { kind: 'unreachable' }))).toBe(true);
  });
});
