import { expect, it } from 'vitest';
import type { z } from 'zod';
import { ENDPOINTS } from '../../../../lib/admin/contract/api';
import { ADMIN_FIELDS, ENDPOINT_ROLES, mayDo, roleNeeded } from '../../../../lib/admin/contract/roles';
import { isAtLeast, ROLES } from '../../../../lib/auth/role';

const reads = new Set(['keys.search', 'keys.exportSelected']);

it('every endpoint has the role of the table, and only what reads is for viewers', () => {
  for (const { name, role, method } of ENDPOINTS) {
    expect(role).toBe(ENDPOINT_ROLES[name]);
    if (method !== 'GET') expect(role === 'viewer', name).toBe(reads.has(name));
    if (method === 'DELETE') expect(role, name).toBe(name === 'views.delete' ? 'operator' : 'admin');
  }
});

it('what gives away a secret is for admins', () => {
  for (const name of ['keys.reveal', 'tokens.create', 'alerts.create'] as const) {
    expect(ENDPOINT_ROLES[name]).toBe('admin');
  }
  for (const { name, query, body } of ENDPOINTS) {
    const fields = { ...query?.shape, ...body?.shape };
    if ('secrets' in fields) expect(roleNeeded(name, { secrets: true }), name).toBe('admin');
  }
});

it('the fields that need an admin are fields of their endpoint, with values that it takes', () => {
  for (const [name, fields] of Object.entries(ADMIN_FIELDS)) {
    const endpoint = ENDPOINTS.find((one) => one.name === name);
    const shape: Record<string, z.ZodType> = { ...endpoint?.query?.shape, ...endpoint?.body?.shape };
    for (const [field, values] of Object.entries(fields)) {
      expect(Object.keys(shape), name).toContain(field.split('.')[0]);
      if (values !== 'any')
        for (const value of values) expect(shape[field]?.safeParse(value).data).toBe(value);
    }
  }
});

it('needs more where the input asks for more', () => {
  expect(roleNeeded('keys.bulk', { action: 'reset' })).toBe('operator');
  expect(roleNeeded('keys.bulk', { action: 'delete' })).toBe('admin');
  expect(roleNeeded('keys.bulk', { action: 'edit', set: { addTags: ['mine'] } })).toBe('operator');
  expect(roleNeeded('keys.bulk', { action: 'edit', set: { addTags: ['mine'], limits: null } })).toBe('admin');
  expect(roleNeeded('keys.update', { id: 'a', note: 'mine', enabled: true, version: 3 })).toBe('operator');
  expect(roleNeeded('keys.update', { id: 'a', limits: null })).toBe('admin');
  expect(mayDo('viewer', 'keys.export', { secrets: false })).toBe(true);
  expect(mayDo('operator', 'keys.export', { secrets: true })).toBe(false);
});

it('new keys come with all that is said of them; of keys that are there, only an admin changes it', () => {
  const said = { weight: 2, account: 'mine', limits: null };
  expect(roleNeeded('keys.import', { provider: 'default', text: 'sk-a', ...said })).toBe('operator');
  for (const [field, value] of Object.entries(said)) {
    expect(roleNeeded('keys.update', { [field]: value }), field).toBe('admin');
  }
});

it('whoever may run all jobs may also ask for what one of them does', () => {
  expect(ENDPOINT_ROLES['prices.update']).toBe(ENDPOINT_ROLES['jobs.run']);
});

it('roles stand in a row', () => {
  const table = ROLES.map((role) => ROLES.map((needed) => isAtLeast(role, needed)));
  expect(table).toEqual([
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
});
