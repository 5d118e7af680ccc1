import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLightJson } from '../../../../lib/http/admin/json-weight';

const LIMITS = { depth: 32, names: 2_000, values: 120_000 };
const light = (text: string, limits = LIMITS) => isLightJson(Buffer.from(text), limits);

describe('what is dear to parse is told by its members, before it is parsed', () => {
  it.each<[string, string]>([
    ['brackets only', '['.repeat(1_000_000)],
    ['braces only', '{"a":'.repeat(1_000)],
    ['empty objects', `[${'{},'.repeat(300_000)}0]`],
    ['empty arrays', `[${'[],'.repeat(300_000)}0]`],
    ['names', `{${Array.from({ length: 3_000 }, (_, i) => `"n${i}":1`).join()}}`],
    ['numbers', `[${'0,'.repeat(200_000)}0]`],
  ])('too much: %s', async (_what, text) => {
    expect(await light(text)).toBe(false);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['100,000 ids', JSON.stringify({ ids: Array.from({ length: 100_000 }, (_, i) => `id-${i}`) })],
    ['a long text full of what would be members', JSON.stringify({ text: '[{"a":1},'.repeat(200_000) })],
    ['a text of quotes and backslashes', JSON.stringify({ text: '\\"'.repeat(500_000) })],
    ['many shallow lists', `[${'[1],'.repeat(1_000)}0]`],
  ])('not too much: %s', async (_what, text) => {
    expect(await light(text)).toBe(true);
  });
});

it('counts what JSON.parse builds, wherever slices end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.json({ maxDepth: 4 }),
      fc.integer({ min: 262_000, max: 262_200 }),
      async (json, pad) => {
        const text = `["${'x'.repeat(pad)}",${json}]`;
        let names = 0;
        JSON.parse(text, (_key, value: unknown) => {
          if (typeof value === 'object' && value !== null) {
            names += 1 + (Array.isArray(value) ? 0 : Object.keys(value).length);
          }
          return value;
        });
        expect(await light(text, { ...LIMITS, names })).toBe(true);
        expect(await light(text, { ...LIMITS, names: names - 1 })).toBe(false);
      },
    ),
    { numRuns: 50 },
  );
});

it('lets the event loop go on meanwhile', async () => {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await light('x'.repeat(8 * 2 ** 20));
  isOver = true;
  expect(turns).toBeGreaterThan(20);
});
