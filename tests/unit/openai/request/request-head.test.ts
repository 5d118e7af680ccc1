import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { readRequestHead, requestHead } from '../../../../lib/openai/request/request-head';
import { stringSpan } from '../../../../lib/openai/request/span';
import { takesAtMost } from '../../../support/cost';

const JSON_TYPE = 'application/json';

function read(text: string, contentType: string | undefined = JSON_TYPE) {
  const body = Buffer.from(text);
  const atOnce = readRequestHead(body, contentType);
  expect(inSlices(body, contentType), 'read in slices').toEqual(atOnce);
  return atOnce;
}

/** As a body is read that is too large to be read at once. */
function inSlices(body: Buffer, contentType: string | undefined) {
  const reading = requestHead(body, contentType, undefined, { atOnceBytes: 0, sliceBytes: 3 });
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
  }
}

function head(text: string, contentType: string | undefined = JSON_TYPE) {
  const result = read(text, contentType);
  if (!result.ok) throw new Error(result.message);
  return result.head;
}

function problem(text: string, contentType: string | undefined = JSON_TYPE) {
  const result = read(text, contentType);
  return result.ok ? 'ok' : result.message;
}

const NOTHING = { model: undefined, stream: false, affinity: undefined };

describe('a JSON body', () => {
  it('gives model, stream and affinity', () => {
    expect(
      head('{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"stream":true,"user":"u1"}'),
    ).toEqual({ model: 'gpt-4o', modelAt: 9, stream: true, affinity: 'u1' });
  });

  it('prefers prompt_cache_key to user, and skips empty or non-string ones', () => {
    expect(head('{"user":"u","prompt_cache_key":"k"}').affinity).toBe('k');
    expect(head('{"user":"u","prompt_cache_key":""}').affinity).toBe('u');
    expect(head('{"user":"u","prompt_cache_key":7}').affinity).toBe('u');
    expect(head('{"user":7}').affinity).toBeUndefined();
    expect(head('{"user":""}').affinity).toBeUndefined();
  });

  it('streams only for a literal true', () => {
    for (const value of ['false', '"true"', '1', 'null', '[true]', '{"stream":true}']) {
      expect(head(`{"stream":${value}}`).stream, value).toBe(false);
    }
    expect(head('{ "stream" : true }').stream).toBe(true);
  });

  it.each([
    ['{"max_tokens":1024}', 1024],
    ['{"max_completion_tokens": 2048 }', 2048],
    ['{"max_output_tokens":4096,"model":"m"}', 4096],
    ['{"max_tokens":100,"max_completion_tokens":300,"max_output_tokens":200}', 300],
    ['{"max_tokens":100,"max_tokens":50}', 50],
    ['{"n":3,"max_tokens":100}', 300],
    ['{"n":129,"max_tokens":100}', 100],
    ['{"n":1.5,"max_tokens":100}', 100],
    ['{"n":3}', undefined],
    ['{"max_tokens":999999999}', 999_999_999],
    ['{"max_tokens":1000000000}', undefined],
    ['{"max_tokens":0}', undefined],
    ['{"max_tokens":-5}', undefined],
    ['{"max_tokens":10.5}', undefined],
    ['{"max_tokens":1e3}', undefined],
    ['{"max_tokens":"100"}', undefined],
    ['{"max_tokens":null}', undefined],
    ['{"max_tokens":[7]}', undefined],
    ['{"options":{"max_tokens":7}}', undefined],
  ])('tells the longest answer that it asks for: %s', (text, tokens) => {
    expect(head(text).outputTokensMax).toBe(tokens);
  });

  it.each<[string, boolean | undefined]>([
    ['{}', undefined],
    ['{"store":true}', true],
    ['{"store" : false}', false],
    ['{"store":null}', undefined],
    ['{"store":"true"}', undefined],
    ['{"metadata":{"store":true}}', undefined],
  ])('tells of %s whether something of it is to stay at the provider', (text, store) => {
    expect(head(text).store).toBe(store);
  });

  it('ignores members of nested values', () => {
    expect(
      head('{"metadata":{"model":"x","stream":true,"user":"y"},"input":["model","stream",{"model":"z"}]}'),
    ).toEqual(NOTHING);
  });

  it('decodes escapes in names and in values', () => {
    expect(head('{"mod\\u0065l":"gpt\\u002d4\\n\\ud83d\\ude00"}').model).toBe('gpt-4\n😀');
    expect(head('{"model":"模型-é"}').model).toBe('模型-é');
  });

  it('takes the last of several equal names', () => {
    expect(head('{"model":"b","stream":true,"stream":false,"m\\u006fdel":"b"}')).toEqual({
      ...NOTHING,
      model: 'b',
      modelAt: 55,
      namesTwice: true,
    });
  });

  it.each([
    ['{"model":"a","model":"b"}', 'b'],
    ['{"model":1,"m\\u006fdel":"b"}', 'b'],
    ['{"model":"a","model":null}', undefined],
  ])('tells when models differ, since one reader takes the first and another the last: %s', (text, model) => {
    expect(head(text)).toMatchObject({ model, isAmbiguous: true });
    const filtered = readRequestHead(Buffer.from(text), JSON_TYPE, new ModelFilter(['c']));
    expect(filtered).toMatchObject({ ok: false, problem: 'ambiguous' });
  });

  it('finds the end of strings full of quotes and backslashes', () => {
    for (const content of [
      '\\',
      '"',
      '\\"',
      '\\\\"\\',
      '"'.repeat(200),
      '\\'.repeat(99),
      `${'x'.repeat(80)}\\"`,
    ]) {
      expect(head(JSON.stringify({ content, model: 'm' })).model).toBe('m');
    }
  });

  it('tolerates a byte order mark and white space around', () => {
    expect(head('\ufeff \r\n\t{ "model"\n:\t"m" } \n').model).toBe('m');
  });

  it('is recognised by +json, by parameters and by its first byte', () => {
    expect(head('{"model":"m"}', 'Application/JSON; charset=utf-8').model).toBe('m');
    expect(head('{"model":"m"}', 'application/vnd.api+json').model).toBe('m');
    expect(readRequestHead(Buffer.from(' {"model":"m"}'), undefined)).toMatchObject({ head: { model: 'm' } });
    expect(head('{"model":"m"}', 'application/x-www-form-urlencoded').model).toBe('m');
    expect(head('{"model":"m"}', 'text/plain').model).toBe('m');
  });

  it('refuses a model that is no string, but takes null for absent', () => {
    for (const value of ['1', 'true', '[]', '{}', '["m"]']) {
      expect(problem(`{"model":${value}}`)).toBe("'model' must be a string");
    }
    expect(problem('{"model":"bad \\x escape"}')).toBe("'model' must be a string");
    expect(head('{"model":null}').model).toBeUndefined();
  });

  it('names the byte where it stops being JSON', () => {
    const invalid = (detail: string) => `The request body is not valid JSON: ${detail}`;
    expect(problem('{"model":"m"')).toBe(invalid('unexpected end at byte 12'));
    expect(problem('{"model":"m",}')).toBe(invalid("unexpected '}' at byte 13"));
    expect(problem('{"model" "m"}')).toBe(invalid("unexpected '\"' at byte 9"));
    expect(problem('{"a":1}é')).toBe(invalid('unexpected 0xc3 at byte 7'));
    expect(problem('[1]')).toBe(invalid('expected an object at byte 0'));
    expect(problem(' ')).toBe(invalid('unexpected end at byte 1'));
    expect(problem('{"a\\x":1}')).toBe(invalid('bad string at byte 1'));
    expect(readRequestHead(Buffer.from('{"model":'), undefined).ok).toBe(false);
  });

  it.each([
    '{',
    '{,}',
    '{"a"}',
    '{"a":}',
    '{"a":1,,"b":2}',
    '{"a":1 "b":2}',
    '{a:1}',
    "{'a':1}",
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":-}',
    '{"a":tru}',
    '{"a":trueish}',
    '{"a":NaN}',
    '{"a":undefined}',
    '{"a":[1,2}',
    '{"a":[{]}}',
    '{"a":{"b":1]}',
    '{"a":"x}',
    '{"a":"x\\"}',
    '{"a":1}}',
    '{"a":1} {}',
    '{"a":[}',
    'model=x',
    '"text"',
    'null',
    '{"a":1}\0',
  ])('refuses %s', (text) => {
    expect(problem(text)).toContain('is not valid JSON');
  });

  it('refuses nesting that would only cost memory', () => {
    expect(problem(`{"a":${'['.repeat(10_001)}${']'.repeat(10_001)}}`)).toContain('is not valid JSON');
    expect(problem(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)).toBe('ok');
  });
});

describe('any other body', () => {
  it('gives an empty head when it is empty, whatever its type', () => {
    expect(head('')).toEqual(NOTHING);
    expect(readRequestHead(Buffer.alloc(0), undefined)).toEqual({ ok: true, head: NOTHING });
  });

  it('gives an empty head when it is no JSON and no form', () => {
    expect(head('model=gpt-4&stream=true', 'application/x-www-form-urlencoded')).toEqual(NOTHING);
    expect(head('\x00\x01binary', 'application/octet-stream')).toEqual(NOTHING);
    expect(head('{"model":"a"}\n{"model":"b"}\n', 'application/x-ndjson')).toEqual(NOTHING);
  });
});

describe('against JSON.parse', () => {
  const members = fc.array(
    fc.tuple(
      fc.oneof(fc.constantFrom('model', 'stream', 'user', 'prompt_cache_key'), fc.string({ unit: 'binary' })),
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(true, false), fc.jsonValue()),
    ),
    { maxLength: 12, size: 'max' },
  );

  it('reads what JSON.parse reads, whatever the formatting, the escapes and the duplicates', () => {
    fc.assert(
      fc.property(members, fc.infiniteStream(fc.nat(999)), (pairs, noise) => {
        const text = written(pairs, noise);
        const oracle = JSON.parse(text) as Record<string, unknown>;
        const { model, user, prompt_cache_key: cacheKey } = oracle;
        const result = read(text);
        if (Object.hasOwn(oracle, 'model') && model !== null && typeof model !== 'string') {
          expect(result).toEqual({ ok: false, problem: 'invalid', message: "'model' must be a string" });
          return;
        }
        const models = pairs.filter(([name]) => name === 'model').map(([, value]) => value);
        const isAmbiguous = models.some(
          (one) => (typeof one === 'string' ? one : undefined) !== (model ?? undefined),
        );
        const affinity = [cacheKey, user].find((value) => typeof value === 'string' && value !== '');
        const modelAt: unknown = typeof model === 'string' ? expect.any(Number) : undefined;
        expect(result).toEqual({
          ok: true,
          head: {
            model: model ?? undefined,
            modelAt,
            stream: oracle.stream === true,
            affinity,
            ...(models.length > 1 && { namesTwice: true }),
            ...(isAmbiguous && { isAmbiguous }),
          },
        });
        if (!result.ok || result.head.modelAt === undefined) return;
        // Put there, another name changes nothing else.
        const bytes = Buffer.from(text);
        const { start, end } = stringSpan(bytes, result.head.modelAt, 0) ?? { start: 0, end: 0 };
        const renamed = Buffer.concat([bytes.subarray(0, start), Buffer.from('"x"'), bytes.subarray(end)]);
        expect(JSON.parse(renamed.toString())).toEqual({ ...oracle, model: 'x' });
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses every proper beginning of a body', () => {
    fc.assert(
      fc.property(members, fc.infiniteStream(fc.nat(999)), fc.nat(), (pairs, noise, cut) => {
        const bytes = Buffer.from(written(pairs, noise).trim());
        const part = bytes.subarray(0, cut % bytes.length);
        expect(part.length === 0 || !readRequestHead(part, JSON_TYPE).ok).toBe(true);
      }),
    );
  });

  it('agrees on what is JSON for any soup of tokens without nesting', () => {
    const token = fc.constantFrom(
      '"a"',
      '"model"',
      '"\\u00e9"',
      ':',
      ',',
      ' ',
      '\n',
      '1',
      '0',
      '-',
      '.',
      'e',
      'E',
      '+',
      'true',
      'null',
      'f',
      '}',
    );
    const soup = fc.oneof(
      fc.array(token, { maxLength: 12, size: 'max' }).map((tokens) => `{${tokens.join('')}`),
      // Mostly well-formed, so that both answers are common.
      fc.array(token, { maxLength: 4, size: 'max' }).map((tokens) => `{"a":${tokens.join('')}}`),
      fc
        .array(fc.constantFrom('1', '0', '-', '.', 'e', 'E', '+'), { maxLength: 6, size: 'max' })
        .map((n) => `{"a":${n.join('')}}`),
    );
    let valid = 0;
    fc.assert(
      fc.property(soup, (text) => {
        const isValid = isJson(text);
        if (isValid) valid++;
        expect(problem(text).includes('not valid JSON'), text).toBe(!isValid);
      }),
      { numRuns: 3_000 },
    );
    expect(valid).toBeGreaterThan(100);
  });
});

describe('the cost', () => {
  it.each([
    ['text', `"${'A'.repeat(12_000_000)}"`],
    ['escapes', `"${'say \\"hi\\" '.repeat(1_000_000)}"`],
    ['backslashes', `"${'\\\\'.repeat(5_000_000)}"`],
    ['numbers', `[${'1234,'.repeat(1_000_000)}1]`],
  ])('stays below parsing for 12 MB of %s', (_what, input) => {
    const body = Buffer.from(`{"model":"m","input":${input}}`);
    expect(readRequestHead(body, JSON_TYPE)).toMatchObject({ ok: true, head: { model: 'm' } });
    const isCheap = takesAtMost(
      1,
      () => readRequestHead(body, JSON_TYPE),
      () => JSON.parse(body.toString()) as unknown,
    );
    expect(isCheap).toBe(true);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON text of the members in order, with white space and needless escapes strewn in. */
function written(pairs: readonly (readonly [string, unknown])[], stream: fc.Stream<number>): string {
  const noise = () => stream.next().value as number;
  const space = () => ['', '', ' ', '\n', '\t\r\n  '][noise() % 5]!;
  const escaped = (json: string) =>
    json.replace(/[a-z_]/gu, (letter, at: number) => {
      // A letter behind a backslash is an escape already.
      const isFree = json.startsWith('"') && !/\\[a-z0-9]{0,5}$/.test(json.slice(0, at)) && noise() % 8 === 0;
      return isFree ? `\\u00${letter.charCodeAt(0).toString(16)}` : letter;
    });
  const members = pairs.map(
    ([name, value]) =>
      `${space()}${escaped(JSON.stringify(name))}${space()}:${space()}${
        typeof value === 'object' ? JSON.stringify(value, null, noise() % 4) : escaped(JSON.stringify(value))
      }${space()}`,
  );
  return `${space()}{${members.length > 0 ? members.join(',') : space()}}${space()}`;
}
