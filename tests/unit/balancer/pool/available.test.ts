import { describe, expect, it } from 'vitest';
import { coolingUntil, unavailableReason } from '../../../../lib/balancer/pool/available';
import { keyState } from '../support';

describe('availability', () => {
  it('is given for a key without trouble', () => {
    expect(unavailableReason(keyState(), 'gpt-4o', 1000)).toBeUndefined();
    expect(coolingUntil(keyState(), 'gpt-4o')).toBe(0);
  });

  it('is denied to a disabled key whatever else holds', () => {
    const key = keyState('a', {
      disabled: { by: 'manual', reason: '' },
      cooldown: { until: 5000, inARow: 1, probe: undefined },
    });
    expect(unavailableReason(key, 'gpt-4o', 1000)).toBe('disabled');
  });

  it('ends with the millisecond a cooldown ends', () => {
    const key = keyState('a', { cooldown: { until: 5000, inARow: 1, probe: undefined } });
    expect(unavailableReason(key, 'gpt-4o', 4999)).toBe('cooling');
    expect(unavailableReason(key, 'gpt-4o', 5000)).toBeUndefined();
  });

  it('is denied by a model cooldown for that model alone', () => {
    const key = keyState('a', {
      modelCooldowns: new Map([['gpt-4o', { until: 5000, inARow: 1, probe: undefined }]]),
    });
    expect(unavailableReason(key, 'gpt-4o', 1000)).toBe('cooling_model');
    expect(unavailableReason(key, 'gpt-4o-mini', 1000)).toBeUndefined();
    expect(unavailableReason(key, '', 1000)).toBeUndefined();
  });

  it('comes back at the later one of a key cooldown and a model cooldown', () => {
    const key = keyState('a', {
      cooldown: { until: 3000, inARow: 1, probe: undefined },
      modelCooldowns: new Map([['gpt-4o', { until: 5000, inARow: 1, probe: undefined }]]),
    });
    expect(coolingUntil(key, 'gpt-4o')).toBe(5000);
    expect(coolingUntil(key, 'other')).toBe(3000);
  });
});
