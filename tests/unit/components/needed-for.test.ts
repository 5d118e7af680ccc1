import { expect, it } from 'vitest';
import { neededFor } from '../../../components/keys/needed-for';
import { ADMIN_FIELDS, roleNeeded } from '../../../lib/admin/contract/roles';

const NAMES = ['note', 'weight', 'egressId', 'provider', 'account', 'tags', 'limits'] as const;

it('an operator is offered the note and the tags of a key, and no field that would be refused', () => {
  const forAdmins = NAMES.filter((name) => {
    const needs = neededFor(name);
    return typeof needs !== 'string' && roleNeeded(...needs) === 'admin';
  });
  expect(forAdmins).toEqual(['weight', 'egressId', 'provider', 'account', 'limits']);
  expect([...forAdmins].sort()).toEqual(Object.keys(ADMIN_FIELDS['keys.update'] ?? {}).sort());
});
