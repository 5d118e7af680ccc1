import { expect, it } from 'vitest';
import { roomsNow, shareLeft, tightest, type Rooms } from '../../../components/limits/capacity-view';

const NOW = 1_000_000;
const rooms: Rooms = {
  requestsPerDay: { left: 20, limit: 50, source: 'set', resetsAt: NOW + 9 },
  requestsPerMinute: { left: 7, limit: 10, source: 'set', resetsAt: NOW },
  tokens: { left: 40, limit: null, source: 'told', resetsAt: NOW },
};
const namesOf = (now: number) => roomsNow(rooms, now).map(({ name, room }) => `${name} ${room.left}`);

it('shows what is used up within a moment before what is of the day', () => {
  expect(namesOf(NOW - 1)).toEqual(['requestsPerMinute 7', 'tokens 40', 'requestsPerDay 20']);
});

it('takes for back what was to be back by now, and shows nothing where nobody knows how much that is', () => {
  expect(namesOf(NOW)).toEqual(['requestsPerMinute 10', 'requestsPerDay 20']);
  expect(roomsNow(rooms, NOW)[0]?.room.resetsAt).toBeNull();
});

it('finds the limit that will hold requests back first', () => {
  expect(tightest(roomsNow(rooms, NOW))?.name).toBe('requestsPerDay');
  expect(tightest([])).toBeUndefined();
  expect(shareLeft({ left: 3, limit: null, source: 'told', resetsAt: null })).toBe(1);
});
