import { expect, test } from 'vitest';
import { filterDraftOf, filterPatchOf, problemOf } from '../../../components/logs/filter-draft';
import { isLogFiltered, logFilterOf, logViewDefaults } from '../../../components/logs/log-view';
import { timeOfWall, wallTime } from '../../../lib/client/zone';

const ZONE = 'Europe/Berlin';
const empty = filterDraftOf(logViewDefaults, ZONE);

test('what is typed comes back as it was, and becomes the filter of the API', () => {
  const draft = {
    ...empty,
    model: ' gpt-4o ',
    outcome: 'rate',
    least: '1.5',
    most: '60',
    from: '2026-03-01T10:00',
    to: '2026-03-01T10:30',
  };
  const view = { ...logViewDefaults, since: '1h', ...filterPatchOf(draft, 'id-of-key', ZONE) };
  expect(view).toMatchObject({ since: '', from: '2026-03-01T09:00Z', durationMsMin: '1500' });
  expect(filterDraftOf(view, ZONE)).toEqual({ ...draft, model: 'gpt-4o', key: 'id-of-key' });
  expect(logFilterOf(view, 0)).toEqual({
    model: 'gpt-4o',
    keyId: 'id-of-key',
    outcome: 'rate',
    durationMsMin: 1500,
    durationMsMax: 60_000,
    from: Date.UTC(2026, 2, 1, 9),
    to: Date.UTC(2026, 2, 1, 9, 31) - 1,
  });
});

test('what is taken out filters no more, and leaves a window that moves on as it is', () => {
  const view = { ...logViewDefaults, since: '1h', ...filterPatchOf(empty, '', ZONE) };
  expect(view).toEqual({ ...logViewDefaults, since: '1h' });
  expect(isLogFiltered({ ...logViewDefaults, to: '2026-03-01T09:00Z' })).toBe(true);
});

test('the log of errors is never asked how long a request took', () => {
  expect(logFilterOf({ ...logViewDefaults, tab: 'errors', durationMsMin: '5' }, 0)).toEqual({});
});

test('an address that holds no time filters by none', () => {
  expect(logFilterOf({ ...logViewDefaults, from: 'yesterday', to: '' }, 0)).toEqual({});
});

test.each([
  [{ least: '2', most: '1' }, 'most'],
  [{ least: '-1' }, 'least'],
  [{ least: 'x' }, 'least'],
  [{ from: '2026-03-02T00:00', to: '2026-03-01T00:00' }, 'to'],
  [{ least: '1', most: '1' }, undefined],
])('%j is wrong at %s', (patch, problem) => expect(problemOf({ ...empty, ...patch })).toBe(problem));

test('a time by the clock of a zone is found again, the hour that comes twice as the first of both', () => {
  for (const at of [Date.UTC(2026, 0, 1, 12), Date.UTC(2026, 6, 1, 12), Date.UTC(2026, 9, 25, 0, 30)]) {
    for (const zone of ['UTC', ZONE, 'America/St_Johns', 'Pacific/Kiritimati']) {
      expect(timeOfWall(wallTime(at, zone), zone)).toBe(at);
    }
  }
  expect(timeOfWall('2026-10-25T02:30', ZONE)).toBe(Date.UTC(2026, 9, 25, 0, 30));
  // Left out in spring: as if the clock had not been changed yet.
  expect(timeOfWall('2026-03-29T02:30', ZONE)).toBe(Date.UTC(2026, 2, 29, 1, 30));
  expect(timeOfWall('soon', ZONE)).toBeUndefined();
});
