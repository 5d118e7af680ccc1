import { describe, expect, it } from 'vitest';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { readRequestHead } from '../../../../lib/openai/request/request-head';

const FILTER = new ModelFilter(['old']);
const NAMES = '{"model":"old"}';

/** `filtered`, `invalid` with its place, why it cannot be read, or `passes`. */
function said(body: string | Buffer, type?: string): string {
  const result = readRequestHead(Buffer.from(body as string), type, FILTER);
  if (result.ok) return 'passes';
  if (result.problem === 'filtered') return 'filtered';
  return result.message.replace(/^The request body (?:cannot be checked for models that .*: )?/, '');
}

const NOT_UTF8 = 'it is not in UTF-8.';

describe('what a body is taken for', () => {
  it.each([
    [NAMES, 'application/json', 'filtered'],
    [NAMES, undefined, 'filtered'],
    [NAMES, 'application/octet-stream', 'filtered'],
    [NAMES, 'application/json, text/plain', 'its content-type is not clear.'],
    [NAMES, 'application/ json', 'its content-type is not clear.'],
    [NAMES, 'application/json; charset=utf-16', NOT_UTF8],
    [NAMES, 'application/octet-stream; charset=utf-16', NOT_UTF8],
    ['plain', 'application/octet-stream; charset=utf-16', NOT_UTF8],
    ['model=old', 'application/x-www-form-urlencoded', 'filtered'],
    ['model=old', 'text/plain', 'filtered'],
    ['model=old', '', 'filtered'],
    ['a=1&b', 'application/x-www-form-urlencoded', 'passes'],
    ['model=old', 'text/csv', 'passes'],
    ['model=old', 'application/octet-stream', 'passes'],
    ['[{"model":"old"}]', 'text/plain', 'filtered'],
    ['[{"model":"old"}]', 'application/octet-stream', 'filtered'],
    ['[{"model":"new"}] and so on', 'text/plain', 'passes'],
    ['[{"model":"old"}] and so on', 'text/plain', 'filtered'],
    ['[not json', 'text/plain', 'passes'],
    ['{not json', 'text/plain', "is not valid JSON: unexpected 'n' at byte 1"],
    ['x\0y\0', 'text/markdown', NOT_UTF8],
    ['x\0y\0', 'application/octet-stream', 'passes'],
    ['12345678\0', 'text/markdown', 'passes'],
  ])('%j of the type %s: %s', (body, type, what) => {
    expect(said(body, type)).toBe(what);
  });

  it.each([
    [NAMES, 'filtered'],
    ['{ \n"model":"old"}', 'filtered'],
    ['[{"model":"old"}]', 'filtered'],
    ['[[{"model":"old"}]]', 'filtered'],
    [`x${NAMES}`, 'passes'],
    [`{x${NAMES}`, 'passes'],
    [`[!${NAMES}]`, 'passes'],
    ['{', 'passes'],
    ['{ \n', 'passes'],
  ])('sounds and pictures are looked at where they go on like JSON: %j', (body, what) => {
    for (const type of ['audio/pcm', 'image/raw', 'video/x', 'font/x']) expect(said(body, type)).toBe(what);
  });

  it.each([
    [[0xff, 0xfe, 0x7b], NOT_UTF8],
    [[0xfe, 0xff, 0x7b], NOT_UTF8],
    [[0x7b, 0x00, 0x22], NOT_UTF8],
    [[0x7b, 0, 0, 0, 0x22], NOT_UTF8],
    [[0xff, 0x7b], 'is not valid JSON: unexpected 0xff at byte 0'],
    [[0xfe, 0x7b], 'is not valid JSON: unexpected 0xfe at byte 0'],
    [[0xfe, 0xfe, 0x7b], 'is not valid JSON: unexpected 0xfe at byte 0'],
    [[0xff, 0xff, 0x7b], 'is not valid JSON: unexpected 0xff at byte 0'],
  ])('the bytes %j: %s', (bytes, what) => {
    expect(said(Buffer.from(bytes), 'application/json')).toBe(what);
  });

  it('white space that some readers skip is in doubt in front of what is not called JSON', () => {
    for (const space of [
      ...'\f\u000b\u0001\u00a0\u0085\u1680\u2000\u200b\u200f\u2028\u202f\u205f\u2060\u206f\u3000',
      '\u00a0\ufeff',
    ])
      expect([space, said(space + NAMES, 'text/plain')]).toEqual([space, 'it begins with odd white space.']);
    for (const space of ' \t\r\n\ufeff') expect(said(space + NAMES, 'text/plain')).toBe('filtered');
  });

  it('and other characters are not white space', () => {
    for (const letter of '\u00a1\u0180\u1681\u1780\u2010\u2027\u2100\u3001\u3040\ufe00\uff41\uef3f')
      expect([letter, said(letter + NAMES, 'text/plain')]).toEqual([letter, 'passes']);
  });

  it('a form that is long, or of many fields, is refused; a text passes', () => {
    const form = 'application/x-www-form-urlencoded';
    const long = (length: number) => `a=${'x'.repeat(length - 2)}`;
    expect(said(long(256 * 1024), form)).toBe('passes');
    expect(said(long(256 * 1024 + 1), form)).toBe('it is too long for a form.');
    expect(said(long(256 * 1024 + 1), 'text/plain')).toBe('passes');
    expect(said('a=1&'.repeat(999), form)).toBe('passes');
    expect(said('a=1&'.repeat(1_000), form)).toBe('it has too many fields.');
    expect(said('a=1&'.repeat(1_000), 'text/plain')).toBe('passes');
  });
});

describe('lines of JSON', () => {
  const lines = (body: string | Buffer) => said(body, 'application/x-ndjson');

  it.each(['\n', '\r\n', ' ', '\t', '\r', '\u001e', '\n\n', '\n\ufeff', '\n \ufeff\t'])(
    'are read one after the other, %j between them',
    (between) => {
      expect(lines(`{"a":1}${between}${NAMES}`)).toBe('filtered');
      expect(lines(`${between}{"a":1}${between}{"b":1}${between}`)).toBe('passes');
    },
  );

  it.each([
    ['{"a":1}x', "is not valid JSON: unexpected 'x' at byte 7"],
    ['{"a":1}\n{"a":\n1}', 'is not valid JSON: unexpected end at byte 14'],
    ['{"a":1}\n{"a', 'is not valid JSON: unexpected end at byte 11'],
    [`{"a":1}\n\ufffe${NAMES}`, 'is not valid JSON: unexpected 0xef at byte 8'],
    [`{"a":1}\n\u00bb${NAMES}`, 'is not valid JSON: unexpected 0xc2 at byte 8'],
    [`{"a":1}\n\ufec0${NAMES}`, 'is not valid JSON: unexpected 0xef at byte 8'],
    ['{"model":"\\x"}\n', 'the text at byte 9 is not valid.'],
    [`x\n${NAMES}`, "is not valid JSON: unexpected 'x' at byte 0"],
  ])('%j: %s', (body, what) => {
    expect(lines(body)).toBe(what);
  });

  it('are read to their end, however long they are', () => {
    const long = `{"a":"${'x'.repeat(200_000)}"}\n`;
    expect(lines(long + long + NAMES)).toBe('filtered');
    expect(lines(' '.repeat(200_000) + NAMES)).toBe('filtered');
    expect(lines(`${' '.repeat(200_000)}x`)).toBe("is not valid JSON: unexpected 'x' at byte 200000");
  });
});

describe('a field of a form', () => {
  const field = (name: string, value: string | Buffer, more = '') =>
    Buffer.concat([
      Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`),
      Buffer.from(value as string),
      Buffer.from('\r\n'),
    ]);
  const form = (...fields: Buffer[]) =>
    said(Buffer.concat([...fields, Buffer.from('--b--')]), 'multipart/form-data; boundary=b');
  const file = (value: string, name = 'file') => field(name, value, '; filename="x"');

  it.each([
    ['model', 'old', 'filtered'],
    ['model', ' OLD ', 'filtered'],
    ['model', 'new', 'passes'],
    ['a', 'old', 'passes'],
    ['prompt', NAMES, 'passes'],
    ['a', NAMES, 'filtered'],
    ['a', '[{"model":"old"}]', 'filtered'],
    ['a', ` \n${NAMES}`, 'filtered'],
    ['a', `"${NAMES}`, 'passes'],
    ['a', '{not about it', 'passes'],
    ['a', '[not about it', 'passes'],
    ['a', '{the model', "its field 'a' is no JSON."],
    ['a', '{the ENGINE', "its field 'a' is no JSON."],
    ['a', '{"\\u0061', "its field 'a' is no JSON."],
    ['a', '{ \0', "its field 'a' is no JSON."],
    ['a'.repeat(60), '{the model', `its field '${'a'.repeat(50)}' is no JSON.`],
  ])('%s with %j: %s', (name, value, what) => {
    expect(form(field(name, value))).toBe(what);
  });

  it('that names a model has at most 4 KB, unless it is a file', () => {
    const name = 'model'.padEnd(60, 'x');
    expect(form(field(name, 'x'.repeat(4 * 1024)))).toBe('passes');
    expect(form(field(name, 'x'.repeat(4 * 1024 + 1)))).toBe(`its field '${name.slice(0, 50)}' is too long.`);
    expect(form(file('x'.repeat(4 * 1024 + 1), 'model'))).toBe('passes');
    expect(form(file('old', 'model'))).toBe('filtered');
  });

  it('that is no JSON is harmless up to 1 MB', () => {
    const text = (length: number) => `{${'x'.repeat(length - 1)}`;
    expect(form(field('a', text(1024 * 1024)))).toBe('passes');
    expect(form(field('a', text(1024 * 1024 + 1)))).toBe("its field 'a' is no JSON.");
  });

  it('that is a file is looked into for a batch alone', () => {
    const requests = file(`{"a":1}\n${NAMES}`);
    for (const [name, value, what] of [
      ['purpose', 'batch', 'filtered'],
      ['Purpose', ' BATCH_output', 'filtered'],
      ['purpose[]', 'batch', 'filtered'],
      ['purpose', 'x'.repeat(1025), 'filtered'],
      ['purpose', 'x'.repeat(1024), 'passes'],
      ['purpose', 'fine-tune', 'passes'],
      ['my purpose', 'batch', 'passes'],
      ['a', 'batch', 'passes'],
      ['purpose'.padEnd(100, 'x'), 'batch', 'filtered'],
      ['purpose'.padEnd(101, 'x'), 'batch', 'passes'],
    ] as const) {
      expect([name, form(field(name, value), requests)]).toEqual([name, what]);
      expect([name, form(requests, field(name, value))]).toEqual([name, what]);
    }
    expect(form(field('purpose', 'batch'), file('no JSON'))).toBe('a line of its batch is no JSON.');
    expect(form(field('purpose', 'batch'), file('{"model":"new"}\n'))).toBe('passes');
  });
});

describe('without a filter', () => {
  it.each(['audio/pcm', 'image/raw'])('%s that begins with a brace by chance is no broken JSON', (type) => {
    for (const body of ['{', '{x', '{\0\u0001'])
      expect(readRequestHead(Buffer.from(body), type)).toMatchObject({
        ok: true,
        head: { model: undefined },
      });
    expect(readRequestHead(Buffer.from(NAMES), type)).toMatchObject({ ok: true, head: { model: 'old' } });
  });

  const head = (members: string) => {
    const result = readRequestHead(Buffer.from(`{${members}}`), 'application/json');
    return result.ok ? result.head : undefined;
  };

  it('an affinity is kept up to 512 letters', () => {
    expect(head(`"user":"${'u'.repeat(512)}"`)?.affinity).toHaveLength(512);
    expect(head(`"user":"${'u'.repeat(600)}"`)?.affinity).toBe('u'.repeat(512));
  });

  it('of equal models more than 17 are no mistake', () => {
    const models = (count: number) => head(Array.from({ length: count }, () => '"model":"m"').join(','));
    expect(models(17)?.isAmbiguous).toBeUndefined();
    expect(models(19)?.isAmbiguous).toBe(true);
    expect(head('"model":"a","model":"b"')?.isAmbiguous).toBe(true);
  });
});
