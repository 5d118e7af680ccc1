import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { VERDICTS } from '../../../../lib/balancer/attempts/verdict';
import type { Shortage } from '../../../../lib/balancer/pool/pool';
import { gatewayError } from '../../../../lib/gateway/answer/errors';
import { errorOfFailure, sendError, sendErrorEvent } from '../../../../lib/gateway/answer/refuse';
import { SeenResponse } from '../client-side';

const OWNER = { objectId: 'file-1', keyId: '01HZ' };
const NO_TRACE = { attempts: [], skippedProviders: [] };

describe('an error of ours', () => {
  it('is the whole answer: status, envelope, length, request id, and never kept', () => {
    const response = new SeenResponse();
    const bytes = sendError(response, gatewayError('invalid_json', 'Nö.'), 'req_7');
    expect(response).toMatchObject({ status: 400, ending: 'whole' });
    expect(JSON.parse(response.text)).toEqual({
      error: { message: 'Nö.', type: 'invalid_request_error', param: null, code: 'invalid_json' },
    });
    expect(bytes).toBe(Buffer.byteLength(response.text));
    expect(response.headers).toEqual({
      'content-type': 'application/json',
      'content-length': String(bytes),
      'cache-control': 'no-store',
      'x-request-id': 'req_7',
    });
  });

  it.each([
    [0, '1'],
    [1_000, '1'],
    [1_001, '2'],
  ])('says after how many seconds to come back, and never after none: %i ms', (ms, seconds) => {
    const response = new SeenResponse();
    sendError(response, gatewayError('all_keys_cooling', 'later', ms), 'r');
    expect(response.headers['retry-after']).toBe(seconds);
  });

  it('about a method says which are allowed', () => {
    const response = new SeenResponse();
    sendError(response, gatewayError('method_not_allowed', 'no'), 'r');
    expect(response.headers['allow']).toContain('PATCH');
  });

  it('is the last event for a client that has the head of a stream, and no clean end', () => {
    const response = new SeenResponse();
    const bytes = sendErrorEvent(response, gatewayError('upstream_timeout', 'late'));
    expect(response).toMatchObject({ status: undefined, ending: 'broken' });
    expect(bytes).toBe(Buffer.byteLength(response.lastWords!));
    expect(JSON.parse(response.lastWords!.replace('data: ', ''))).toEqual({
      error: { message: 'late', type: 'server_error', param: null, code: 'upstream_timeout' },
    });
  });
});

describe('what a client is told of a request without an answer', () => {
  it.each<[Shortage, string, number | undefined, RegExp]>([
    [{ reason: 'no_keys' }, 'no_key_available', undefined, /'main' has no keys/],
    [{ reason: 'all_disabled' }, 'no_key_available', undefined, /keys .*'main' are disabled/],
    [{ reason: 'no_egress' }, 'no_proxy_available', undefined, /proxies .*'main' are disabled/],
    [{ reason: 'all_cooling', retryAfterMs: 700 }, 'all_keys_cooling', 700, /resting/],
    [{ reason: 'model_resting', retryAfterMs: 800 }, 'provider_unavailable', 800, /this model .*\(why\)/],
    [
      { reason: 'breaker_open', retryAfterMs: 900 },
      'provider_unavailable',
      900,
      /'main' is failing .*\(why\)/,
    ],
    [
      { reason: 'all_cooling', retryAfterMs: 600, owner: { ...OWNER, hint: 'sk-...a' } },
      'all_keys_cooling',
      600,
      /'file-1' belongs to key sk-\.\.\.a of provider 'main', which is resting/,
    ],
    [
      { reason: 'owner_unavailable', owner: { ...OWNER, hint: 'sk-...a', why: 'revoked' } },
      'owner_unavailable',
      undefined,
      /'file-1' belongs to key sk-\.\.\.a of provider 'main', which is disabled \(revoked\)/,
    ],
    [
      { reason: 'owner_unavailable', owner: { ...OWNER, hint: undefined } },
      'owner_unavailable',
      undefined,
      /'file-1' belongs to key 01HZ of provider 'main', which is gone/,
    ],
  ])('for want of a key: %o', (shortage, code, retryAfterMs, words) => {
    const error = errorOfFailure({ kind: 'shortage', shortage, trace: NO_TRACE }, 'main', 'why');
    expect(error).toMatchObject({ code });
    expect(error.retryAfterMs).toBe(retryAfterMs);
    expect(error.message).toMatch(words);
  });

  it.each(['model_resting', 'breaker_open'] as const)('%s without a known reason gives none', (reason) => {
    const shortage = { reason, retryAfterMs: 1 };
    const { message } = errorOfFailure({ kind: 'shortage', shortage, trace: NO_TRACE }, 'main', undefined);
    expect(message).not.toMatch(/\(|undefined/);
  });

  const noAnswer = {
    subject: 'provider',
    rule: 'no_answer',
    code: undefined,
    message: 'a page of HTML',
  } as const;

  it.each<[Outcome, string]>([
    [{ kind: 'dial_failed', at: 'egress', message: 'x' }, 'proxy_unreachable'],
    [{ kind: 'dial_failed', at: 'upstream', message: 'x' }, 'upstream_unreachable'],
    [{ kind: 'own_trouble', shortOf: 'memory', message: 'x' }, 'gateway_overloaded'],
    [{ kind: 'timeout', phase: 'headers' }, 'upstream_timeout'],
    [{ kind: 'empty_stream' }, 'upstream_empty_stream'],
    [{ kind: 'answer', status: 502, facts: noAnswer }, 'upstream_invalid_answer'],
    [
      { kind: 'answer', status: 500, facts: { ...noAnswer, rule: 'status_5xx' } },
      'upstream_incomplete_answer',
    ],
    [{ kind: 'lost', message: 'x' }, 'upstream_connection_lost'],
    [{ kind: 'lost_in_sending', message: 'x' }, 'upstream_connection_lost'],
  ])('for an outcome: %o', (outcome, code) => {
    const result = { kind: 'failed', verdict: VERDICTS.upstream_error, outcome, trace: NO_TRACE } as const;
    const error = errorOfFailure(result, 'main', undefined);
    expect(error.code).toBe(code);
    expect(error.message).toContain("'main'");
  });

  it('names what the gateway itself is short of, and when to come back', () => {
    const outcome = { kind: 'own_trouble', shortOf: 'file descriptors', message: 'EMFILE' } as const;
    const result = { kind: 'failed', verdict: VERDICTS.own_trouble, outcome, trace: NO_TRACE } as const;
    expect(errorOfFailure(result, 'main', undefined)).toMatchObject({
      message: expect.stringContaining('file descriptors') as string,
      retryAfterMs: 2_000,
    });
  });
});
