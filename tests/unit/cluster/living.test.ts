import { expect, it } from 'vitest';
import type { Instance } from '../../../lib/cluster/instances';
import { Living } from '../../../lib/cluster/living';

function instance(id: string): Instance {
  const nothing = { inFlight: 0, waiting: 0, requestsPerMinute: 0 };
  return { id, name: id, version: '', host: '', pid: 1, upMs: 1, ...nothing };
}

it('whose page is lost for a moment lives on, and nobody whose page stays away', () => {
  const living = new Living();
  const ids = (pages: readonly string[], now: number) =>
    living.update(pages.map(instance), now).map(({ id }) => id);
  expect(ids(['a', 'b'], 0)).toEqual(['a', 'b']);
  expect(ids([], 2_000)).toEqual(['a', 'b']);
  expect(ids(['b'], 3_000)).toEqual(['a', 'b']);
  expect(ids(['b', 'c'], 4_000)).toEqual(['b', 'c']);
});
