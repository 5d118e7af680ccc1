import { expect, it } from 'vitest';
import type { AdminContext } from '../../../../lib/admin/context';
import { goneOf } from '../../../../lib/admin/logs/gone';

const context = {
  configuration: {
    inventory: {
      providers: [{ id: 'p', slug: 'default' }],
      keys: new Map([['p', new Map([['k', {}]])]]),
      egresses: [{ id: 'e' }],
      clientTokens: [],
    },
  },
} as unknown as AdminContext;

it('names what a row of the log speaks of and what is there no more, each by itself', () => {
  const gone = goneOf(context);
  expect(gone({ provider: 'default', keyId: 'k', egressId: 'e' })).toEqual([]);
  expect(gone({ provider: 'default', keyId: 'other', egressId: 'e' })).toEqual(['key']);
  expect(gone({ provider: 'other', keyId: 'k', egressId: 'other' })).toEqual(['provider', 'proxy']);
});

it('says nothing of what a row does not name', () => {
  const gone = goneOf(context);
  expect(gone({ provider: null, keyId: null, egressId: null })).toEqual([]);
  expect(gone({ keyId: 'k' })).toEqual([]);
});
