import { expect, it } from 'vitest';
import { LongEvent } from '../../../../lib/openai/sse/long-event';

it.each([1, 7, 3_000, 5_000, 65_536, 70_000, 1_000_000])(
  'keeps the first 4 KB and the last 64 KB of what comes in pieces of %i bytes',
  (pieceBytes) => {
    const bytes = Buffer.from(Array.from({ length: 150_000 }, (_, i) => i % 251));
    const event = new LongEvent();
    for (let at = 0; at < bytes.length; at += pieceBytes) event.push(bytes.subarray(at, at + pieceBytes));
    const ends = Buffer.concat([bytes.subarray(0, 4096), bytes.subarray(-65_536)]);
    expect(event.ends().equals(ends)).toBe(true);
  },
);

it('keeps all of what is shorter', () => {
  const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, i) => i % 251));
  expect(
    new LongEvent().push(bytes.subarray(0, 3_000)).push(bytes.subarray(3_000)).ends().equals(bytes),
  ).toBe(true);
});
