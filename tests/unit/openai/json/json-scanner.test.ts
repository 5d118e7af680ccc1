import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../../../../lib/openai/json/json-scanner';
import { requestHead } from '../../../../lib/openai/request/request-head';
import { SLICE_BYTES } from '../../../../lib/openai/request/media-type';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';

function scan(text: string, isThorough: boolean, sliceBytes: number): boolean {
  const body = Buffer.from(text);
  const scanner = new JsonScanner(body, 0, { member: () => 0 }, isThorough);
  while (!scanner.step(sliceBytes));
  return scanner.end === body.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a thorough walk', () => {
  it('takes for JSON exactly what is, in slices of any size', () => {
    const soup = fc
      .array(
        fc.constantFrom('{', '}', '[', ']', '"a"', '"\\""', ':', ',', '1', '-0.5e3', 'true', 'null', '"'),
        {
          maxLength: 12,
        },
      )
      .map((tokens) => tokens.join(''));
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', ']', '"'))
      .map(([text, at, more]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + more + text.slice(place);
      });
    fc.assert(
      fc.property(fc.oneof(soup, fc.json(), damaged), fc.integer({ min: 1, max: 9 }), (text, slice) => {
        // What is wrong within a string only is left to whoever reads that string.
        fc.pre(!/\\[^"\\]/.test(text));
        expect(scan(text, true, slice), text).toBe(isJson(text));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a large body', () => {
  it.each([
    ['millions of empty members', `{"model":"m",${'"":0,'.repeat(800_000)}"a":1}`],
    ['millions of empty lists', `{"model":"m","input":[${'[],'.repeat(1_200_000)}1]}`],
    ['millions of escapes', `{"model":"m","input":"${'\\"'.repeat(2_000_000)}"}`],
    ['nothing but white space', `{"model":"m",${' '.repeat(4_000_000)}"a":1}`],
    ['many models', `{${'"model":"m",'.repeat(300_000)}"model":"m"}`],
  ])('of %s is read in many short steps', (_what, text) => {
    const body = Buffer.from(text);
    for (const filter of [new ModelFilter(), new ModelFilter(['gpt-old'])]) {
      const reading = requestHead(body, 'application/json', filter);
      let steps = 1;
      while (!reading.next().done) steps += 1;
      // However it is built, no step reads more than a slice: a fraction of a millisecond.
      expect(steps).toBeGreaterThanOrEqual(Math.floor(body.length / SLICE_BYTES));
    }
  });
});
