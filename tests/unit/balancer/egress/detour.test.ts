import { describe, expect, it } from 'vitest';
import { EgressDetour } from '../../../../lib/balancer/egress/detour';
import { VERDICTS, type VerdictName } from '../../../../lib/balancer/attempts/verdict';
import { bindTo, egressesOf, through } from './support';

const IDS = 'abcdefghijklm';
const egresses = egressesOf(IDS);
const attempt = (egressId: string) => ({ egress: through(egresses, 'k', bindTo(egressId)) });

/** One request whose attempts went through these proxies and ended so. */
function detourOf(...attempts: readonly (readonly [egressId: string, name: VerdictName])[]) {
  const detour = new EgressDetour();
  const uncounted = attempts.map(([egressId, name]) => detour.isUncounted(attempt(egressId), VERDICTS[name]));
  return { detour, uncounted };
}
const triedBy = ({ tried }: EgressDetour): string => [...tried].map(({ config }) => config.egressId).join('');

describe('a request', () => {
  it('never goes again through a proxy that it could not reach, and that attempt need not count', () => {
    const { detour, uncounted } = detourOf(['a', 'egress_unreachable']);
    expect([triedBy(detour), uncounted]).toEqual(['a', [true]]);
    expect([detour.giveSecondChance(), triedBy(detour)]).toEqual([false, 'a']);
  });

  it('counts its attempts through dead proxies from the eleventh on', () => {
    const { uncounted } = detourOf(...[...IDS].map((id) => [id, 'egress_unreachable'] as const));
    expect(uncounted.map((isUncounted) => (isUncounted ? 'u' : 'c')).join('')).toBe('uuuuuuuuuuccc');
  });

  it('never goes again through a proxy whose address the provider refuses, and that attempt counts', () => {
    const { detour, uncounted } = detourOf(['a', 'egress_blocked']);
    expect([triedBy(detour), uncounted]).toEqual(['a', [false]]);
    expect([detour.giveSecondChance(), triedBy(detour)]).toEqual([false, 'a']);
  });

  it.each(['upstream_unreachable', 'connection_lost', 'timed_out'] as const)(
    'avoids a proxy that may be to blame as long as there are others: %s',
    (name) => {
      const { detour, uncounted } = detourOf(
        ['a', name],
        ['b', 'egress_unreachable'],
        ['c', 'egress_blocked'],
      );
      expect([triedBy(detour), uncounted]).toEqual(['abc', [false, true, false]]);
      expect([detour.giveSecondChance(), triedBy(detour)]).toEqual([true, 'bc']);
      expect([detour.giveSecondChance(), triedBy(detour)]).toEqual([false, 'bc']);
    },
  );

  it.each(Object.values(VERDICTS).filter(({ name }) => !/^egress_|unreachable|lost|timed/.test(name)))(
    'goes again through a proxy that has shown that it works: $name',
    ({ name }) => {
      const { detour, uncounted } = detourOf(['a', name]);
      expect([triedBy(detour), uncounted]).toEqual(['', [false]]);
    },
  );

  it('counts every attempt that goes out directly', () => {
    const detour = new EgressDetour();
    for (const verdict of Object.values(VERDICTS)) {
      expect(detour.isUncounted({ egress: undefined }, verdict)).toBe(false);
    }
    expect(detour.tried.size).toBe(0);
  });
});
