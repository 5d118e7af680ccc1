import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedactionStream } from '../../../../lib/upstream/redaction/redaction-stream';
import { Redactor } from '../../../../lib/upstream/redaction/redactor';
import { keys, piecesOf, secrets, WAYS, writtenSomehow } from './spellings';

const SECRET = 'sk-proj-Ab3dEf9hIjKlMnOpqrst';
const HINT = 'sk-pro...qrst';
const MASK = `sk-pro${'*'.repeat(SECRET.length - 10)}qrst`;
const redactor = new Redactor([{ value: SECRET, hint: HINT, isInBase64: true }]);

/** What comes out of a stream of these pieces. */
function streamed(by: Redactor, pieces: readonly Buffer[]): Buffer {
  const stream = new RedactionStream(by);
  return Buffer.concat([...pieces.map((piece) => stream.push(piece)), stream.end()]);
}

const whole = (by: Redactor, text: string | Buffer): Buffer =>
  by.redact(Buffer.from(text as string), true).bytes;

describe('a secret in a body', () => {
  it.each([
    ['as it is', SECRET],
    ['with one escape', SECRET.replace('-', '\\u002d')],
    ['with one escape in capitals', SECRET.replace('-', '\\u002D')],
    ['in escapes from end to end', WAYS[2]!.call(undefined, 's', false) + SECRET.slice(1)],
    ['in JSON within JSON', SECRET.replace('-', '\\\\u002d')],
    ['in an address', SECRET.replaceAll('-', '%2D')],
    ['in an address within an address', SECRET.replaceAll('-', '%252d')],
  ])('is hidden in as many bytes: %s', (_how, written) => {
    const text = `{"error":{"message":"Incorrect key: ${written}."}}`;
    const clean = whole(redactor, text).toString();
    const stars = '*'.repeat(written.length - 10);
    expect(clean).toBe(`{"error":{"message":"Incorrect key: sk-pro${stars}qrst."}}`);
    expect(() => JSON.parse(clean) as unknown).not.toThrow();
  });

  it.each([`${SECRET}:`, `:${SECRET}`, `user:${SECRET}`, `ab${SECRET}cd`])(
    'is hidden in base64: %s',
    (plain) => {
      for (const encoding of ['base64', 'base64url'] as const) {
        const clean = whole(redactor, `Basic ${Buffer.from(plain).toString(encoding)} is wrong`).toString();
        const rest = Buffer.from(clean.split(' ')[1]!.replaceAll('*', 'A'), 'base64').toString('latin1');
        expect(clean).toContain('*'.repeat(SECRET.length));
        for (let at = 0; at + 3 < SECRET.length; at++) expect(rest).not.toContain(SECRET.slice(at, at + 4));
      }
    },
  );

  it.each(['utf16le', 'utf16be'])('is hidden in %s, in as many bytes, wherever it is cut', (encoding) => {
    const wide = Buffer.from(`\ufeffError: bad key ${SECRET}, or caf\u00e9`, 'utf16le');
    const bytes = encoding === 'utf16le' ? wide : wide.swap16();
    const clean = whole(redactor, bytes);
    expect(clean.length).toBe(bytes.length);
    expect(clean.toString('latin1').replaceAll('\0', '')).not.toContain(SECRET.slice(0, 4));
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(streamed(redactor, [bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(clean);
    }
  });

  it.each([
    'AB&amp;CD&lt;EF&gt;&quot;GH&#39;IJ',
    'AB&amp;CD&lt;EF&gt;&#34;GH&#39;IJ',
    'AB&amp;CD&lt;EF&gt;&quot;GH&#x27;IJ',
    `AB&amp;CD&lt;EF&gt;"GH'IJ`,
  ])('is hidden as a page of HTML writes it: %s', (written) => {
    const marked = new Redactor([{ value: `AB&CD<EF>"GH'IJ` }]);
    expect(whole(marked, `<p>${written}</p>`).toString()).toBe(`<p>${'*'.repeat(written.length)}</p>`);
  });

  it('is found among nothing but escapes, which come out as they were', () => {
    const odd = new Redactor([{ value: SECRET }, { value: 'with\\and%and\u00e9' }]);
    for (const escape of ['%2d', '%73%6b', '%252d', '\\u0073', '\\', '\\"', '%25', 's\\u006b']) {
      const noise = escape.repeat(3_000);
      for (const by of [redactor, odd]) {
        expect(whole(by, noise).toString()).toBe(noise);
        const clean = whole(by, `${noise}"${SECRET.replace('-', '%2d')}"${noise}`).toString();
        expect(clean).toMatch(/"(sk-pro)?\*+(qrst)?"/);
        expect(clean.length).toBe(2 * noise.length + SECRET.length + 4);
      }
    }
  });

  it('is hidden behind another one, however it is written', () => {
    const both = new Redactor([{ value: 'euPirE7' }, { value: SECRET, hint: HINT }]);
    const escaped = 'sk-proj-Ab3dEf9hIjKl\\u004dn\\u004f\\\\u0070\\u0071\\u0072\\u0073t';
    expect(whole(both, `euPirE7${escaped}`).toString()).toMatch(/^\*{7}sk-pro\*+qrst$/);
  });

  it('is hidden at once when it is whole, and what cannot become one is not held back', () => {
    const stream = new RedactionStream(redactor);
    for (const event of ['data: {"a":"s"}\n\n', `data: ${SECRET}\n\n`, 'data: \\u0073\n\n', ': sk-pro\n\n']) {
      expect(stream.push(Buffer.from(event)).toString()).toBe(event.replace(SECRET, MASK));
    }
  });

  it('is held back from where it may begin, and goes out when it turns out to be something else', () => {
    const stream = new RedactionStream(redactor);
    expect(stream.push(Buffer.from('the key sk-pr')).toString()).toBe('the key ');
    expect(stream.push(Buffer.from('oj\\u00')).toString()).toBe('');
    expect(stream.push(Buffer.from('41!')).toString()).toBe('sk-proj\\u0041!');
    expect(stream.push(Buffer.from(' sk-')).toString()).toBe(' ');
    expect(stream.end().toString()).toBe('sk-');
  });

  it('is hidden when the body ends within it, but for a short beginning', () => {
    expect(whole(redactor, SECRET.slice(0, -1)).toString()).toBe('*'.repeat(SECRET.length - 1));
    expect(whole(redactor, SECRET.slice(0, 8)).toString()).toBe(SECRET.slice(0, 8));
  });

  it('is hidden whole when several overlap, and the longest where they begin alike', () => {
    const many = new Redactor([
      { value: 'user:pass-word' },
      { value: 'pass-word' },
      { value: 'word-and-more' },
    ]);
    expect(whole(many, '[user:pass-word-and-more]').toString()).toBe(`[${'*'.repeat(23)}]`);
    expect(whole(many, '[user:pass-wor]').toString()).toBe('[user:pass-wor]');
    expect(whole(new Redactor([{ value: 'abcdef' }, { value: 'abcdefgh' }]), '-abcdefgh-').toString()).toBe(
      '-********-',
    );
  });

  it('that is made of what escapes are made of is hidden as well', () => {
    const silly = new Redactor([{ value: '\\\\\\\\\\\\\\\\' }, { value: 'aaaaaa' }, { value: '%25%25%25' }]);
    const text = `${'\\'.repeat(1_000)}${'a'.repeat(1_000)}${'%25'.repeat(1_000)}`;
    expect(whole(silly, text).toString()).not.toMatch(/\\{8}|a{6}|%25%25%25/);
  });
});

it('nothing of a body without a secret is changed or copied, however it is encoded', () => {
  const texts = [
    '',
    '100% of \\"all\\" caf\\u00e9 \\u4f60 a%2Fb',
    'sk-proj-Ab3dEf9hIjKlMnOpqrsx',
    '\u0000\uffff',
  ];
  for (const bytes of [
    ...texts.map((text) => Buffer.from(text)),
    Buffer.from([0xff, 0xfe, 0x80, 0x25, 0x5c]),
  ]) {
    const { bytes: clean, heldFrom } = redactor.redact(bytes, true);
    expect([clean === bytes, heldFrom]).toEqual([true, bytes.length]);
  }
  const chunk = Buffer.from('data: {}\n\n');
  expect(new RedactionStream(redactor).push(chunk)).toBe(chunk);
});

it('without secrets everything passes', () => {
  const none = new Redactor([]);
  expect(whole(none, SECRET).toString()).toBe(SECRET);
  expect(none.text(SECRET)).toBe(SECRET);
  expect(none.headers({ a: SECRET })).toEqual({ a: SECRET });
});

it('texts for people show the hint, and headers keep their length', () => {
  expect(redactor.text(`connect to ${SECRET} failed`)).toBe(`connect to ${HINT} failed`);
  const headers = {
    location: `/x?key=${SECRET}`,
    link: [`<${SECRET}>`, '<b>'],
    date: 'today',
    absent: undefined,
  };
  expect(redactor.headers(headers)).toEqual({
    ...headers,
    location: `/x?key=${MASK}`,
    link: [`<${MASK}>`, '<b>'],
  });
  expect(redactor.headers({ date: 'today', [`x-${SECRET.toLowerCase()}`]: '1' })).toEqual({ date: 'today' });
  const clean = { date: 'today', via: 'sk-proj' };
  expect(redactor.headers(clean)).toBe(clean);
});

describe('for any secret', () => {
  const noise = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom('\\', '%', '\\u', '\\u00', '%2', 's', '"', '\n'),
  );
  const cuts = fc.array(fc.nat(), { maxLength: 8 });

  it('never lets it out, however it is written and cut into chunks', () => {
    const written = secrets.chain((secret) =>
      fc.tuple(fc.constant(secret), writtenSomehow(secret), noise, noise, cuts),
    );
    fc.assert(
      fc.property(written, ([secret, form, before, after, places]) => {
        const by = new Redactor([{ value: secret, isInBase64: true }]);
        const bytes = Buffer.from(before + form + after);
        const clean = streamed(by, piecesOf(bytes, places));
        expect(clean.length).toBe(bytes.length);
        const start = Buffer.byteLength(before);
        const covered = clean.subarray(start, start + Buffer.byteLength(form)).toString('latin1');
        expect(covered.replaceAll('*', '')).toBe('');
        expect(clean.includes(secret)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('says the same in whatever chunks it comes', () => {
    const parts = fc.array(secrets, { minLength: 1, maxLength: 3 }).chain((values) =>
      fc.tuple(
        fc.constant(values),
        fc.array(
          fc.oneof(
            noise.map((text) => Buffer.from(text)),
            fc.uint8Array({ maxLength: 10 }).map((bytes) => Buffer.from(bytes)),
            fc.oneof(...values.map(writtenSomehow)).map((text) => Buffer.from(text)),
            fc
              .tuple(fc.oneof(...values.map(writtenSomehow)), fc.nat())
              .map(([text, cut]) => Buffer.from(text).subarray(0, cut % (text.length + 1))),
          ),
          { maxLength: 6 },
        ),
        cuts,
      ),
    );
    fc.assert(
      fc.property(parts, ([values, pieces, places]) => {
        const by = new Redactor(
          values.map((value) => ({
            value,
            hint: `${value.slice(0, 2)}...${value.slice(-1)}`,
            isInBase64: true,
          })),
        );
        const bytes = Buffer.concat(pieces);
        expect(streamed(by, piecesOf(bytes, places)).toString('latin1')).toBe(
          by.redact(bytes, true).bytes.toString('latin1'),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('passes any bytes that hold none', () => {
    fc.assert(
      fc.property(keys, fc.uint8Array({ maxLength: 300 }), cuts, (secret, given, places) => {
        const bytes = Buffer.from(given);
        fc.pre(!secret.startsWith(bytes.toString('latin1').slice(-4)));
        expect(streamed(new Redactor([{ value: secret }]), piecesOf(bytes, places))).toEqual(bytes);
      }),
      { numRuns: 1_000 },
    );
  });
});
