import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedactionStream } from '../../../../lib/upstream/redaction/redaction-stream';
import { Redactor } from '../../../../lib/upstream/redaction/redactor';
import { piecesOf } from './spellings';

const SECRET = 'sk-proj-Ab3dEf9hIjKlMnOpqrst';
const HINT = 'sk-...rst';
const redactor = new Redactor([{ value: SECRET, hint: HINT }]);
const TEXT = `{"error":"Key ${SECRET} is wrong, ${SECRET.slice(0, 12)} is not one"}`;

describe('a body as it passes', () => {
  it('goes on at once in the very buffer that it came in, if there is nothing to hide', () => {
    const chunk = Buffer.from('{"a":1}');
    expect(new RedactionStream(redactor).push(chunk)).toBe(chunk);
  });

  it('is held back only from where a secret may begin', () => {
    const stream = new RedactionStream(redactor);
    expect(String(stream.push(Buffer.from(`hello ${SECRET.slice(0, 10)}`)))).toBe('hello ');
    expect(String(stream.push(Buffer.from(SECRET.slice(10))))).not.toContain(SECRET.slice(10));
    expect(String(stream.end())).toBe('');
  });

  it('goes on as it was if what was held back was no secret', () => {
    const stream = new RedactionStream(redactor);
    expect(String(stream.push(Buffer.from('hello sk-pro')))).toBe('hello ');
    expect(String(stream.push(Buffer.from('gram')))).toBe('sk-program');
  });

  it('holds nothing back behind its end', () => {
    const stream = new RedactionStream(redactor);
    stream.push(Buffer.from('sk-p'));
    expect(String(stream.end())).toBe('sk-p');
    expect(String(stream.end())).toBe('');
  });

  it('is not changed by what becomes of the chunks that it came in', () => {
    const stream = new RedactionStream(redactor);
    const chunk = Buffer.from('hello sk-p');
    stream.push(chunk);
    chunk.fill('x');
    expect(String(stream.end())).toBe('sk-p');
  });

  it('comes out the same wherever it is cut, as long as it came, and without the secret', () => {
    const bytes = Buffer.from(TEXT);
    const whole = redactor.redact(bytes, true).bytes.toString();
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const stream = new RedactionStream(redactor);
        const out = piecesOf(bytes, cuts).map((piece) => stream.push(Buffer.from(piece)));
        expect(Buffer.concat([...out, stream.end()]).toString()).toBe(whole);
      }),
    );
    expect(whole).toHaveLength(TEXT.length);
    expect(whole).not.toContain(SECRET);
  });
});
