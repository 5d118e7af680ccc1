import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accountOf,
  isSameAccount,
  newKeyState,
  savedStateOf,
  type SavedKeyState,
} from '../../../../lib/balancer/pool/key-state';
import { keyConfig, keyState, START_MS as NOW } from '../support';

describe('saved key state', () => {
  it('survives the round trip through a restart', () => {
    const optional = fc.option(fc.nat(), { nil: undefined });
    const saved: fc.Arbitrary<SavedKeyState> = fc.record({
      disabled: fc.option(fc.record({ by: fc.constantFrom('auto', 'manual'), reason: fc.string() }), {
        nil: undefined,
      }),
      failures: fc.nat(),
      cooldownUntil: fc.constantFrom(0, NOW + 1, NOW + 3_600_000),
      modelCooldowns: fc.dictionary(
        fc.constantFrom('gpt-4o', 'o3', ''),
        fc.integer({ min: NOW + 1, max: NOW * 2 }),
        {
          noNullPrototype: true,
        },
      ),
      requestCount: fc.nat(),
      errorCount: fc.nat(),
      lastUsedAt: optional,
      lastErrorAt: optional,
      lastErrorStatus: optional,
      uses: fc.constant(undefined),
    });
    fc.assert(
      fc.property(saved, (state) => {
        expect(savedStateOf(newKeyState(keyConfig('a'), state), NOW)).toEqual(state);
      }),
    );
  });

  it('leaves out cooldowns that are over', () => {
    const key = keyState('a', {
      cooldown: { until: NOW, inARow: 2, probe: undefined },
      modelCooldowns: new Map([
        ['over', { until: NOW - 1, inARow: 1, probe: undefined }],
        ['lasting', { until: NOW + 1, inARow: 1, probe: undefined }],
      ]),
    });
    const saved = savedStateOf(key, NOW);
    expect(saved.cooldownUntil).toBe(0);
    expect(saved.modelCooldowns).toEqual({ lasting: NOW + 1 });
  });

  it('never contains the secret', () => {
    expect(JSON.stringify(savedStateOf(keyState('a'), NOW))).not.toContain('SECRET');
  });

  it('of a new key is a clean slate', () => {
    const key = newKeyState(keyConfig('a'));
    expect(key).toMatchObject({ disabled: undefined, failures: 0, inFlight: 0, rotationIndex: -1 });
  });
});

describe('the account of a key', () => {
  it('is made when it is asked for, and stays', () => {
    const key = newKeyState(keyConfig('a'));
    expect(key.account).toBeUndefined();
    expect(accountOf(key)).toBe(accountOf(key));
    expect(key.account).toBe(accountOf(key));
  });

  it('is the same for two keys only if they share it, however little is known of both', () => {
    const [a, b] = [newKeyState(keyConfig('a')), newKeyState(keyConfig('b'))];
    expect(isSameAccount(a, a)).toBe(true);
    expect(isSameAccount(a, b)).toBe(false);
    b.account = accountOf(a);
    expect(isSameAccount(a, b)).toBe(true);
  });
});
