import { expect, it } from 'vitest';
import { isQuiet } from '../../../lib/alerts/quiet-hours';

const at = (time: string) => Date.parse(`2026-11-30T${time}Z`);
const utc = (from: string, to: string) => ({ from, to, zone: 'UTC' });

it('are from the one time up to the other', () => {
  expect(
    ['08:59:59', '09:00:00', '11:59:59', '12:00:00'].map((time) => isQuiet(utc('09:00', '12:00'), at(time))),
  ).toEqual([false, true, true, false]);
});

it('go past midnight where they end earlier than they begin', () => {
  expect(
    ['21:59', '22:00', '00:00', '06:59', '07:00'].map((time) =>
      isQuiet(utc('22:00', '07:00'), at(`${time}:00`)),
    ),
  ).toEqual([false, true, true, true, false]);
});

it('are those of their zone, by its clocks of that day', () => {
  const berlin = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
  expect(isQuiet(berlin, Date.parse('2026-01-15T21:00:00Z'))).toBe(true);
  expect(isQuiet(berlin, Date.parse('2026-01-15T20:59:00Z'))).toBe(false);
  expect(isQuiet(berlin, Date.parse('2026-07-15T20:00:00Z'))).toBe(true);
  expect(isQuiet({ from: '05:30', to: '05:31', zone: 'Asia/Kolkata' }, at('00:00:30'))).toBe(true);
});

it('are all day where both times are the same, and never without any', () => {
  expect(isQuiet(utc('08:00', '08:00'), at('13:00:00'))).toBe(true);
  expect(isQuiet(null, at('13:00:00'))).toBe(false);
});
