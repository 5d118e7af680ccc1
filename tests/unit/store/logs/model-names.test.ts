import { describe, expect, it } from 'vitest';
import { ModelNames } from '../../../../lib/store/logs/model-names';

const HOUR_MS = 3_600_000;

describe('the names of models in statistics', () => {
  it('are bounded, however many clients make up', () => {
    const names = new ModelNames();
    const seen = new Set<string | null>();
    for (let i = 0; i < 5_000; i++) {
      seen.add(names.of(`made-up-${i}`, 404, 0));
      seen.add(names.of(`served-${i}`, 200, 0));
    }
    expect(seen.size).toBe(1_101);
    expect(names.of('one more', 404, 0)).toBe('other');
    expect(names.of('served-1', 500, 0)).toBe('served-1');
    expect(names.of(null, 404, 0)).toBeNull();
  });

  it('are free again for those that nobody serves after an hour', () => {
    const names = new ModelNames();
    for (let i = 0; i < 200; i++) names.of(`made-up-${i}`, 404, HOUR_MS);
    expect(names.of('mistyped', 404, HOUR_MS)).toBe('other');
    expect(names.of('mistyped', 404, 3 * HOUR_MS)).toBe('mistyped');
  });
});
