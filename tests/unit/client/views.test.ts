import { expect, it } from 'vitest';
import { keyViewDefaults } from '../../../components/keys/key-view';
import { logViewDefaults } from '../../../components/logs/log-view';
import { exploreDefaults } from '../../../lib/client/explore';
import { isSameState, viewStateOf } from '../../../lib/client/views';
import { VIEW_QUERY } from '../../../lib/config/saved-views';

it.each([
  ['keys', keyViewDefaults, ['key', 'open', 'usage']],
  ['logs', logViewDefaults, ['log', 'page']],
  ['explore', exploreDefaults, []],
] as const)(
  'a view of %s may keep all that its address says, but for what is open',
  (page, defaults, open) => {
    const names = Object.keys(defaults).filter((name) => !(open as readonly string[]).includes(name));
    expect(VIEW_QUERY[page]).toEqual(expect.arrayContaining(names));
  },
);

it('keeps what is not as it is by default, and not what is open', () => {
  const values = { ...keyViewDefaults, status: 'cooling', key: 'open one', search: 'team' };
  expect(viewStateOf(VIEW_QUERY.keys, values, keyViewDefaults, { note: false })).toEqual({
    query: { status: 'cooling', search: 'team' },
    columns: { note: false },
  });
});

it('is the same state in whatever order it was written', () => {
  const columns = { a: true, b: false };
  const other = { b: false, a: true };
  expect(
    isSameState({ query: { x: '1', y: '2' }, columns }, { query: { y: '2', x: '1' }, columns: other }),
  ).toBe(true);
  expect(isSameState({ query: {}, columns }, { query: {}, columns: {} })).toBe(false);
});
