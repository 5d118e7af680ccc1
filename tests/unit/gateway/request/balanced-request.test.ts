import { expect, it } from 'vitest';
import { balancedRequest } from '../../../../lib/gateway/request/balanced-request';
import { parseRoute } from '../../../../lib/gateway/request/route';
import { logOf, requestOf } from '../client-side';

const BODY = Buffer.from(JSON.stringify({ model: 'm', input: 'hi'.repeat(100) }));
const HEAD = { model: 'm', affinity: 'session', client: 'token-hash', outputTokensMax: 1_000 };

function balanced(path: string, more: object = {}) {
  const { log } = logOf(() => 0);
  log.isStream = true;
  const exchange = { route: parseRoute(path)!, request: requestOf(), log };
  return balancedRequest(exchange, BODY, { ...HEAD, ...more });
}

it('says what the request may use, and whose it is', () => {
  expect(balanced('/v1/chat/completions')).toMatchObject({
    path: '/chat/completions',
    isStream: true,
    model: 'm',
    affinity: 'session',
    client: 'token-hash',
    tokens: Math.ceil(BODY.length / 4) + 1_000,
  });
});

it('has no tokens where nothing is computed, and no model if it names none', () => {
  expect(balanced('/v1/batches', { model: undefined })).toMatchObject({ tokens: 0, model: '' });
});

it('may be sent a second time only if the provider does nothing for it but answer', () => {
  const may = (path: string, said: object, headers: Record<string, string> = {}, method = 'POST') => {
    const { log } = logOf(() => 0);
    log.isStream = true;
    const exchange = { route: parseRoute(path)!, request: requestOf(headers, { method }), log };
    return balancedRequest(exchange, Buffer.from(JSON.stringify(said)), HEAD).mayBeSentTwice?.();
  };
  expect(may('/v1/chat/completions', {})).toBe(true);
  expect(may('/v1/chat/completions', { store: true })).toBe(false);
  expect(may('/v1/responses', {})).toBe(false);
  expect(may('/v1/responses', { store: false })).toBe(true);
  expect(may('/v1/chat/completions', {}, { prefer: 'wait=10, Respond-Async' })).toBe(false);
  expect(may('/v1/embeddings', {}, { 'x-dashscope-async': 'enable' })).toBe(false);
  expect(may('/v1/responses/resp_1', {}, {}, 'GET')).toBe(true);
});
