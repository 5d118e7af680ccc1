import { expect, it } from 'vitest';
import { changedFields } from '../../../components/shared/changed-fields';
import { mayDo } from '../../../lib/admin/contract/roles';

const PROXY = { note: '', isShared: false };

it('is what is not as it was, and nothing else', () => {
  expect(changedFields(PROXY, PROXY)).toEqual({});
  expect(changedFields(PROXY, { note: 'mine', isShared: true })).toEqual({ note: 'mine', isShared: true });
});

it('lets an operator save the note of a proxy', () => {
  const changed = changedFields(PROXY, { ...PROXY, note: 'mine' });
  expect(changed).toEqual({ note: 'mine' });
  expect(mayDo('operator', 'proxies.update', changed)).toBe(true);
});
