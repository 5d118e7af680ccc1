import { describe, expect, it } from 'vitest';
import { SAMPLERS } from '../../../lib/config/values/samplers';
import { samplingOf } from '../../../lib/tracing/sampling';

const LOW = `${'0'.repeat(31)}1`;
const HIGH = 'f'.repeat(8) + '0'.repeat(24);
const sampled = { traceId: LOW, spanId: '1'.repeat(16), isSampled: true };
const unsampled = { ...sampled, isSampled: false };

describe('a request is traced', () => {
  it.each([
    ['always_on', true, true],
    ['always_off', false, false],
    ['traceidratio', true, false],
    ['parentbased_always_on', true, true],
    ['parentbased_always_off', false, false],
    ['parentbased_traceidratio', true, false],
  ] as const)('by %s: %s for a low id, %s for a high one', (sampler, low, high) => {
    const sampling = samplingOf({ sampler, ratio: 0.5 });
    expect([sampling(LOW, undefined), sampling(HIGH, undefined)]).toEqual([low, high]);
  });

  it('as its client has decided if the sampler goes by that, and only then', () => {
    for (const sampler of SAMPLERS) {
      const sampling = samplingOf({ sampler, ratio: 0 });
      const isParents = sampler.startsWith('parentbased_');
      const own = sampler === 'always_on';
      expect([sampler, sampling(LOW, sampled)]).toEqual([sampler, isParents || own]);
      expect([sampler, sampling(LOW, unsampled)]).toEqual([sampler, !isParents && own]);
    }
  });
});
