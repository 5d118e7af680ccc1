import { beforeEach, describe, expect, it } from 'vitest';
import { logOf } from '../client-side';

let now: number;
let kept: ReturnType<typeof logOf>;

beforeEach(() => {
  now = 1_000;
  kept = logOf(() => now);
});

const SUCCESS = { status: 200, outcome: 'success', responseBytes: 9 };

describe('what is recorded of a request', () => {
  it('is told once, whoever ends it', () => {
    kept.log.finish(SUCCESS);
    kept.log.finish({ ...SUCCESS, status: 499 });
    expect(kept.records).toMatchObject([SUCCESS]);
  });

  it('has the time to its head, and to its end', () => {
    expect(kept.log.isCommitted).toBe(false);
    now += 20;
    kept.log.committed();
    expect(kept.log.isCommitted).toBe(true);
    now += 30;
    kept.log.finish(SUCCESS);
    expect(kept.records[0]).toMatchObject({ at: 1_000, firstByteMs: 20, durationMs: 50 });
  });

  it('has no time to a head that never went out', () => {
    kept.log.finish(SUCCESS);
    expect(kept.records[0]).toMatchObject({
      firstByteMs: undefined,
      requestBytes: 0,
      requestBody: undefined,
    });
  });

  it('names the provider that was tried last, or else the one asked for', () => {
    kept.log.provider = 'asked';
    kept.log.requestBody = Buffer.from('body');
    const other = logOf();
    other.log.provider = 'asked';
    other.log.trace = { attempts: [{ provider: 'spare' } as never], skippedProviders: [] };
    for (const { log } of [kept, other]) log.finish(SUCCESS);
    expect(kept.records[0]).toMatchObject({ provider: 'asked', requestBytes: 4 });
    expect(other.records[0]!.provider).toBe('spare');
  });

  it('has all that was noted of it', () => {
    const { log, records } = kept;
    log.model = 'm';
    log.isStream = true;
    log.tokenHint = 'sk-...x';
    log.upstreamBodies.set(0, 'busy');
    log.finish({ ...SUCCESS, errorMessage: 'why', usage: undefined });
    expect(records[0]).toMatchObject({
      requestId: 'req_1',
      method: 'POST',
      endpoint: '/chat/completions',
      model: 'm',
      isStream: true,
      tokenHint: 'sk-...x',
      errorMessage: 'why',
    });
    expect([...records[0]!.upstreamBodies]).toEqual([[0, 'busy']]);
  });
});
