import { describe, expect, it } from 'vitest';
import { needlesOf } from '../../../../lib/upstream/redaction/needles';

const textsOf = (value: string, isInBase64 = false): string[] =>
  needlesOf([{ value, isInBase64 }]).map(({ bytes }) => bytes.toString('latin1'));

describe('what is looked for of a secret', () => {
  it('is the secret first, by its characters, with what may be shown of it', () => {
    const [first] = needlesOf([{ value: 'sk-1234', hint: 'sk-...' }]);
    expect(first).toMatchObject({ bytes: Buffer.from('sk-1234'), hint: 'sk-...' });
    expect([...(first!.characters as Buffer)]).toEqual([...Buffer.from('sk-1234')]);
  });

  it('has characters where it is more than ASCII, and not bytes', () => {
    const [first] = needlesOf([{ value: 'pä😀' }]);
    expect(Array.from(first!.characters!)).toEqual(['p', 'ä', '😀'].map((one) => one.codePointAt(0)));
  });

  it('are all secrets before any other form of them', () => {
    const needles = needlesOf([{ value: 'first-one' }, { value: 'other-one' }]);
    expect(needles.slice(0, 2).map(({ bytes }) => String(bytes))).toEqual(['first-one', 'other-one']);
    expect(needles.slice(2).every(({ characters }) => characters === undefined)).toBe(true);
  });

  it('is what both orders of UTF-16 have in common, if it is ASCII', () => {
    expect(textsOf('secret')).toContain('s\0e\0c\0r\0e\0t');
  });

  it('is both orders of UTF-16 if it is not', () => {
    const wide = Buffer.from('pässwort', 'utf16le');
    const texts = textsOf('pässwort');
    expect(texts).toContain(wide.toString('latin1'));
    expect(texts).toContain(Buffer.from(wide).swap16().toString('latin1'));
  });

  it('is what a page of HTML makes of it, in each way to write quotes', () => {
    const texts = textsOf(`a<b>&"c'`);
    expect(texts).toEqual(
      expect.arrayContaining([
        `a&lt;b&gt;&amp;"c'`,
        `a&lt;b&gt;&amp;&quot;c'`,
        'a&lt;b&gt;&amp;&quot;c&#39;',
        'a&lt;b&gt;&amp;&quot;c&#x27;',
        'a&lt;b&gt;&amp;&#34;c&#39;',
      ]),
    );
    expect(textsOf('plain').filter((text) => text.includes('&'))).toEqual([]);
  });
});

describe('a secret that may stand in base64', () => {
  const SECRET = 'sk-Ab3?dEf9>hIjKl';

  it.each(['', 'u', 'us', 'user:', 'someone:'])('is found there whatever stands around it: %j', (before) => {
    for (const after of ['', ':', 'xyz']) {
      for (const alphabet of ['base64', 'base64url'] as const) {
        const text = Buffer.from(before + SECRET + after).toString(alphabet);
        expect(textsOf(SECRET, true).some((needle) => text.includes(needle))).toBe(true);
      }
    }
  });

  it('is found with its slashes escaped, as JSON may write them', () => {
    const text = Buffer.from('a??>?>??sec').toString('base64').replaceAll('/', '\\/');
    expect(text).toContain('\\/');
    expect(textsOf('??>?>??', true).some((needle) => text.includes(needle) && needle.length > 4)).toBe(true);
  });

  it('is not looked for there unless it may', () => {
    expect(textsOf(SECRET)).not.toContain(textsOf(SECRET, true).at(-1));
  });
});
