import { describe, expect, it } from 'vitest';
import { gatewayError } from '../../../../lib/gateway/answer/errors';
import { KeepAlive } from '../../../../lib/gateway/answer/keep-alive';
import { BodyBudget } from '../../../../lib/gateway/body/body-budget';
import { emptyConfig } from '../../../../lib/gateway/config';
import { refuse, type LiveExchange } from '../../../../lib/gateway/exchange/live-exchange';
import { logOf, requestOf, SeenResponse } from '../client-side';
import { ManualTimers } from '../manual-timers';

function exchangeOf(waitsFor?: { readonly timers: ManualTimers }) {
  const response = new SeenResponse();
  const { log, records } = logOf();
  const exchange: LiveExchange = {
    config: emptyConfig(),
    route: { provider: undefined, mayFallBackToDefault: false, path: '/x', query: '' },
    request: requestOf(),
    response,
    log,
    share: new BodyBudget(0, new ManualTimers()).share(),
    cutAnswer: undefined,
    keepAlive: waitsFor && new KeepAlive(response, 'req_1', waitsFor.timers, 100),
    place: -1,
  };
  return { exchange, response, records };
}

const LATE = gatewayError('upstream_timeout', 'late');

describe('a request that is refused', () => {
  it('gets the error as its answer, and is recorded with it', () => {
    const { exchange, response, records } = exchangeOf();
    refuse(exchange, LATE);
    expect(response).toMatchObject({ status: 504, ending: 'whole' });
    expect(records).toMatchObject([
      {
        status: 504,
        outcome: 'upstream_timeout',
        errorMessage: 'late',
        responseBytes: Buffer.byteLength(response.text),
      },
    ]);
  });

  it('gets it as the last event once it has the head of a stream, and hears no comment behind it', () => {
    const timers = new ManualTimers();
    const { exchange, response, records } = exchangeOf({ timers });
    timers.fire();
    refuse(exchange, LATE);
    expect(response).toMatchObject({ status: 200, ending: 'broken' });
    expect(response.lastWords).toContain('upstream_timeout');
    expect(records[0]).toMatchObject({ status: 504, responseBytes: response.lastWords!.length });
    expect(timers.waiting).toEqual([]);
  });

  it('gets nothing more if an answer has begun, and nothing at all if it has gone', () => {
    const begun = exchangeOf();
    begun.exchange.log.committed();
    refuse(begun.exchange, LATE);
    expect(begun.response).toMatchObject({ ending: 'broken', lastWords: undefined, text: '' });
    const gone = exchangeOf();
    refuse(gone.exchange, gatewayError('client_closed', 'gone'));
    expect(gone.response).toMatchObject({ status: undefined, ending: 'broken', lastWords: undefined });
    expect(gone.records[0]).toMatchObject({ status: 499, responseBytes: 0 });
  });

  it('for guessing leaves no record', () => {
    const { exchange, response, records } = exchangeOf();
    refuse(exchange, gatewayError('too_many_wrong_tokens', 'wait', 1_000));
    expect(response.status).toBe(429);
    expect(records).toEqual([]);
  });
});
