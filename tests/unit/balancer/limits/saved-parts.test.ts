import { describe, expect, it } from 'vitest';
import type { SavedAccount } from '../../../../lib/balancer/limits/saved-account';
import { joinedUses, partsOf } from '../../../../lib/balancer/limits/saved-parts';

const AT = 1_000_000_000;
const used = (second: number): SavedAccount => ({
  at: AT,
  name: 'team',
  whole: { r: [[second, 2]], t: [[second, 300]], d: [AT + 1, 2, 300] },
  models: [['gpt-4o', { r: [[second, 1]] }]],
});
const now = AT / 1_000;
const joined = (stored: string | null, own: SavedAccount, by: string) =>
  JSON.parse(joinedUses(stored, JSON.stringify(own), by)) as SavedAccount;

describe('what an account has used', () => {
  it('is what its process says where nobody else has written', () => {
    const expected = { ...used(now), by: 'one' };
    expect(joined(null, used(now), 'one')).toEqual(expected);
    const before = joinedUses(null, JSON.stringify(used(now - 1)), 'one');
    expect(joined(before, used(now), 'one')).toEqual(expected);
    expect(joined(null, { at: AT }, 'o"ne')).toEqual({ at: AT, by: 'o"ne' });
  });

  it('has beside it what others have written that still counts, whoever writes next', () => {
    const first = joinedUses(null, JSON.stringify(used(now - 1)), 'one');
    const both = joinedUses(first, JSON.stringify(used(now)), 'other');
    expect([...partsOf(JSON.parse(both) as SavedAccount).keys()]).toEqual(['one', 'other']);
    const again = joined(both, used(now), 'other');
    expect(again.others?.map(([name]) => name)).toEqual(['one']);
    expect(joined(both, used(now), 'one').others?.map(([name]) => name)).toEqual(['other']);
  });

  it('is of a process whose name ends like another one, and of one that has none', () => {
    const first = joinedUses(null, JSON.stringify(used(now)), 'process-one');
    expect(joined(first, used(now), 'one').others?.map(([name]) => name)).toEqual(['process-one']);
    expect(joined(JSON.stringify(used(now)), used(now), 'one').others?.map(([name]) => name)).toEqual(['']);
  });

  it('is written as it is where it is none that this program writes', () => {
    expect(joinedUses(null, 'no account', 'one')).toBe('no account');
    const odd = { ...used(now), by: 'old' };
    expect(joined(null, odd, 'one')).toEqual({ ...odd, by: 'one' });
  });
});
