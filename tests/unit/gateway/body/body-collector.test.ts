import { expect, it } from 'vitest';
import { BodyCollector } from '../../../../lib/gateway/body/body-collector';

const collect = (declared: number, ...chunks: string[]) => {
  const collector = new BodyCollector(100, declared);
  const isWithin = chunks.map((chunk) => collector.add(Buffer.from(chunk)));
  return { collector, isWithin };
};

it.each([
  [0, ['ab', 'cd', 'e']],
  [5, ['ab', 'cd', 'e']],
  [5, ['abcde']],
  // Less or more than was said.
  [9, ['ab', 'cd', 'e']],
  [3, ['ab', 'cd', 'e']],
])('collects a body that is declared as %i bytes, whatever comes: %j', (declared, chunks) => {
  const { collector } = collect(declared, ...chunks);
  expect(collector.body.toString()).toBe('abcde');
  expect(collector.bytes).toBe(5);
});

it('takes one piece that is the whole as it is, and has memory of its own for several', () => {
  const whole = Buffer.from('abc');
  const one = new BodyCollector(100, 3);
  one.add(whole);
  expect(one.body).toBe(whole);
  const { collector } = collect(4, 'ab', 'cd');
  expect(collector.body.buffer.byteLength === 4 || collector.body.toString() === 'abcd').toBe(true);
});

it('keeps a large body of unknown size whole, piece by piece', () => {
  const pieces = Array.from({ length: 50 }, (_, index) => Buffer.alloc(50_000, index));
  const collector = new BodyCollector(2 ** 22, 0);
  for (const piece of pieces) expect(collector.add(piece)).toBe(true);
  expect(collector.body.equals(Buffer.concat(pieces))).toBe(true);
});

it('says no at the first byte too many, and never claims more than is allowed', () => {
  const { isWithin, collector } = collect(0, 'x'.repeat(99), 'y', 'z');
  expect(isWithin).toEqual([true, true, false]);
  expect(collector.claim).toBe(100);
});

it('claims twice what has come while that is small, and then as much as there may be', () => {
  const collector = new BodyCollector(2 ** 26, 0);
  const claims = [0, 65_536, 262_144, 524_288, 1_048_576].map((bytes) => {
    collector.add(Buffer.alloc(bytes - collector.bytes));
    return collector.claim;
  });
  expect(claims).toEqual([4_096, 131_072, 524_288, 1_048_576, 1_048_576]);
  collector.add(Buffer.alloc(1));
  expect(collector.claim).toBe(2 ** 26);
});
