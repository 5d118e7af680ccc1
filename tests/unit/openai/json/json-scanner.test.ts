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

function endOf(text: string, isThorough: boolean, sliceBytes = 1000): number {
  const scanner = new JsonScanner(Buffer.from(text), 0, { member: () => 0 }, isThorough);
  while (!scanner.step(sliceBytes));
  return scanner.end;
}

const TOKENS = ['{', '}', '[', ']', '"a"', ':', ',', '1', ' '];

function* textsOf(tokens: number): Generator<string> {
  yield '';
  if (tokens === 0) return;
  for (const rest of textsOf(tokens - 1)) for (const token of TOKENS) yield rest + token;
}

describe('any walk', () => {
  it('takes for JSON exactly what is, of all texts of up to four tokens', () => {
    for (const text of textsOf(4)) {
      const isValid = isJson(text) && !text.endsWith(' ');
      if (isValid !== scan(text, true, 1)) expect([text, !isValid]).toEqual([text, isValid]);
      // What lies deeper is left to others, but what is JSON is never refused.
      if (isValid && !scan(text, false, 1)) expect([text, 'refused']).toEqual([text, 'taken']);
    }
  });

  it.each([
    ['{"a":1}', 7],
    [' [1] x', 4],
    ['"a" ', 3],
    ['', ~0],
    ['   ', ~3],
    ['{"a" 1}', ~5],
    ['{"a":}', ~5],
    ['{a:1}', ~1],
    ['[1}', ~2],
    ['{"a":1]', ~6],
    ['[1', ~2],
    ['"a', ~2],
    ['{"a":[1', ~7],
    ['{"a":["b', ~8],
    ['{"a":[}}', ~6],
    ['{"a":{]}', ~6],
    ['tru', ~3],
    [']', ~0],
  ])('of %j ends at %i, in slices of any size', (text, end) => {
    for (const slice of [1, 2, 3, 100]) {
      for (const isThorough of [true, false]) expect(endOf(text, isThorough, slice)).toBe(end);
    }
  });

  it.each([true, false])('refuses what is nested deeper than it remembers (thorough: %s)', (isThorough) => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(endOf(nested(10_001), isThorough)).toBe(20_002);
    expect(endOf(nested(10_002), isThorough)).toBe(~10_001);
  });

  it('goes on within a string that a slice ended in, at the top and deeper', () => {
    const long = `"${'a]}\\"'.repeat(40)}"`;
    for (const text of [long, `[${long}]`, `{"a":[${long},{"b":${long}}],${long}:1}`]) {
      for (const isThorough of [true, false])
        for (const slice of [1, 7, 50]) expect(endOf(text, isThorough, slice)).toBe(text.length);
    }
  });

  it('tells the members of the top with their depth, and of every level where it is thorough', () => {
    const text = '{"a":1,"b":{"c":["x",{"d":"y"}]},"e" : "z"}';
    const told = (isThorough: boolean): string[] => {
      const lines: string[] = [];
      const scanner = new JsonScanner(
        Buffer.from(text),
        0,
        {
          member(nameAt, valueAt, depth, flags) {
            lines.push(`${text[nameAt + 1]}=${text[valueAt]} ${depth} ${flags}`);
            return flags + 1;
          },
          string: (at, flags) => lines.push(`${text[at + 1]} ${flags}`),
        },
        isThorough,
      );
      while (!scanner.step(5));
      return lines;
    };
    expect(told(false)).toEqual(['a=1 1 0', 'b={ 1 0', 'e=" 1 0']);
    expect(told(true)).toEqual(['a=1 1 0', 'b={ 1 0', 'c=[ 2 1', 'x 2', 'd=" 4 2', 'y 3', 'e=" 1 0', 'z 1']);
  });

  it('reads no more than a slice a step', () => {
    const scanner = new JsonScanner(Buffer.from(`[${'1,'.repeat(50)}1]`), 0, { member: () => 0 }, true);
    let steps = 1;
    while (!scanner.step(10)) steps += 1;
    expect(steps).toBe(11);
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
