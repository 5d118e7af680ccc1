import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RedactionStream } from '../../lib/upstream/redaction/redaction-stream';
import { Redactor } from '../../lib/upstream/redaction/redactor';
import { keys, writtenSomehow } from '../unit/upstream/redaction/spellings';
import { cuts, damaged, fuzz, piecesOf } from './fuzz';

const KEY = 'sk-proj-Ab3dEf9hIjKlMnOpqrst';
const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.json(),
  fc.constantFrom(
    'sk-',
    'sk-proj-',
    KEY.slice(0, 20),
    KEY.slice(4),
    '\\u00',
    '%2',
    '\\',
    '%',
    '"',
    '\n\n',
    'data: ',
  ),
);
const quoted = keys.chain((secret) =>
  fc.tuple(
    fc.constant(secret),
    fc.array(fc.oneof(noise, fc.oneof(fc.constant(secret), writtenSomehow(secret), writtenSomehow(KEY))), {
      maxLength: 8,
    }),
  ),
);

function streamed(redactor: Redactor, pieces: readonly Buffer[]): Buffer {
  const stream = new RedactionStream(redactor);
  return Buffer.concat([...pieces.map((piece) => Buffer.from(stream.push(piece))), stream.end()]);
}

/** With everything decoded that an escape may hide in. */
function plain(text: string): string {
  const once = text
    .replace(/(?:\\+u|%(?:25)*)([0-9a-f]{4}|[0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    )
    .replaceAll('\\', '');
  return once === text ? once : plain(once);
}

it('a secret never comes out, in whichever spelling and wherever it is cut, and all else comes out as it was', async () => {
  await fuzz(
    fc.property(quoted, cuts, ([secret, parts], places) => {
      const redactor = new Redactor([{ value: secret }, { value: KEY, hint: 'sk-pro...qrst' }]);
      const bytes = Buffer.from(parts.join(''));
      const out = streamed(redactor, piecesOf(bytes, places));
      expect(out.equals(streamed(redactor, [bytes]))).toBe(true);
      expect(out.length).toBe(bytes.length);
      expect(out.includes(secret)).toBe(false);
      expect(out.includes(KEY)).toBe(false);
      expect(plain(out.toString())).not.toContain(KEY);
      for (const [at, byte] of out.entries())
        if (byte !== bytes[at]) expect('*.sk-proqrst').toContain(String.fromCharCode(byte));
    }),
  );
});

it('bytes without a secret come out as they were', async () => {
  const redactor = new Redactor([{ value: KEY, hint: 'sk-pro...qrst' }]);
  const any = damaged(fc.array(noise, { maxLength: 8 }).map((parts) => Buffer.from(parts.join(''))));
  await fuzz(
    fc.property(any, cuts, (bytes, places) => {
      fc.pre(!plain(bytes.toString()).includes(KEY.slice(0, 15)));
      expect(streamed(redactor, piecesOf(bytes, places)).equals(bytes)).toBe(true);
    }),
    3,
  );
});
