import { expect, it } from 'vitest';
import type { Instance } from '../../../lib/cluster/instances';
import { Living } from '../../../lib/cluster/living';

function instance(id: string, upMs = 1, name = id): Instance {
  const nothing = { inFlight: 0, waiting: 0, requestsPerMinute: 0, serves: true };
  return { id, name, version: '', host: '', pid: 1, upMs, ...nothing };
}

it('whose page is lost for a moment lives on, and nobody whose page stays away', () => {
  const living = new Living('own');
  const ids = (pages: readonly string[], now: number) =>
    living
      .update(
        pages.map((id) => instance(id, now)),
        now,
      )
      .map(({ id }) => id);
  expect(ids(['a', 'b'], 0)).toEqual(['a', 'b']);
  expect(ids([], 2_000)).toEqual(['a', 'b']);
  expect(ids(['b'], 3_000)).toEqual(['a', 'b']);
  expect(ids(['b', 'c'], 4_000)).toEqual(['b', 'c']);
});

it('who died and was started anew does not count beside itself, and who is only slow goes on', () => {
  const living = new Living('own');
  const ids = (pages: readonly Instance[], now: number) => living.update(pages, now).map(({ id }) => id);
  const dead = instance('a', 9_000, 'n');
  const slow = instance('slow', 9_000);
  const own = instance('before', 9_000, 'own');
  expect(ids([dead, slow, own], 0)).toEqual(['a', 'slow', 'before']);
  expect(ids([dead, slow, own, instance('b', 1_000, 'n')], 3_000)).toEqual(['a', 'slow', 'before', 'b']);
  expect(ids([dead, slow, own, instance('b', 3_000, 'n')], 5_000)).toEqual(['slow', 'b']);
});
