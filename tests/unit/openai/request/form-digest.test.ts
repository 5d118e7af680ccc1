import { describe, expect, it } from 'vitest';
import { FormDigest } from '../../../../lib/openai/request/form-digest';
import { formFieldSpans } from '../../../../lib/openai/request/multipart';
import type { Span } from '../../../../lib/openai/request/span';
import { readRequestHead } from '../../../../lib/openai/request/request-head';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { takesAtMost } from '../../../support/cost';

const TYPE = 'multipart/form-data; boundary=b0undary';
const KB = 1024;

function field(name: string, value: string, more = ''): string {
  return `--b0undary\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
}
const file = (bytes: number, fill = 'x') => field('file', fill.repeat(bytes / fill.length), '; filename="a"');
const json = (value: string) =>
  `--b0undary\r\nContent-Disposition: form-data; name="data"; filename="blob"\r\nContent-Type: application/json\r\n\r\n${value}\r\n`;
const END = '--b0undary--\r\n';

function digestOf(body: Buffer, pieceBytes: number): FormDigest {
  const digest = new FormDigest('b0undary');
  for (let at = 0; at < body.length; at += pieceBytes) digest.add(body.subarray(at, at + pieceBytes));
  return digest;
}

function spansOf(bytes: Buffer): readonly Span[] {
  const reading = formFieldSpans(bytes, TYPE, ({ name }) => name === 'model');
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

const FORMS: readonly (readonly [string, string])[] = [
  ['a model in front of a file', field('model', 'whisper-1') + file(200 * KB) + END],
  ['a model behind a file', file(200 * KB) + field('model', 'whisper-1') + field('stream', 'true') + END],
  ['a preamble', `hello\r\n${file(200 * KB)}${field('model', 'm')}${END}`],
  ['a file that looks like delimiters', file(90 * KB, '\r\n--b0undar') + field('model', 'm') + END],
  [
    'a file that holds delimiters that are none',
    file(90 * KB, '\r\n--b0undary-longer') + field('model', 'm') + END,
  ],
  ['a long field', field('prompt', 'y'.repeat(300 * KB)) + field('model', 'm') + END],
  [
    'JSON with an id far inside',
    json(`{"x":"${'y'.repeat(300 * KB)}","file_id":"file-1"}`) + file(100 * KB) + END,
  ],
  ['different models', field('model', 'a') + file(200 * KB) + field('model', 'b') + END],
  ['no end', file(200 * KB) + field('model', 'm')],
  ['no form at all', 'x'.repeat(200 * KB)],
];

describe('what is kept of a form', () => {
  it.each(FORMS)('tells the same as the whole of it, in whatever pieces it comes: %s', (_what, form) => {
    const body = Buffer.from(form);
    for (const filter of [new ModelFilter(), new ModelFilter(['a'])]) {
      const whole = readRequestHead(body, TYPE, filter);
      for (const pieceBytes of [1_000, 65_536, body.length]) {
        expect(readRequestHead(digestOf(body, pieceBytes).bytes, TYPE, filter)).toEqual(whole);
      }
    }
  });

  it.each(FORMS)('tells where the fields of the whole stand: %s', (_what, form) => {
    const body = Buffer.from(form);
    const spansIn = (bytes: Buffer) => [...spansOf(bytes)];
    for (const pieceBytes of [1_000, 65_536, body.length]) {
      const digest = digestOf(body, pieceBytes);
      const found = spansIn(digest.bytes).map(({ start, end }) => {
        const at = digest.placeOf(start);
        return { start: at, end: at + end - start };
      });
      expect(found).toEqual(spansIn(body));
    }
  });

  it.each([1, 2, 3, 7])('tells the same byte by byte: pieces of %i', (pieceBytes) => {
    const body = Buffer.from(
      `p\r\n${field('model', 'm')}${file(500, '\r\n--b0und')}${field('stream', 'true')}${END}`,
    );
    expect(digestOf(body, pieceBytes).bytes.equals(body)).toBe(true);
  });

  it('is little of a large file, and most of what may be read', () => {
    expect(digestOf(Buffer.from(file(8_000 * KB) + END), 65_536).length).toBeLessThan(70 * KB);
    expect(
      digestOf(Buffer.from(field('prompt', 'y'.repeat(2_000 * KB)) + END), 65_536).length,
    ).toBeGreaterThan(2_000 * KB);
  });

  it('never grows beyond its bounds, and says so', () => {
    const digest = digestOf(Buffer.from(field('p', 'y'.repeat(60 * KB)).repeat(400)), 65_536);
    expect(digest.isFull).toBe(true);
    expect(digest.length).toBeLessThan(17 * 2 ** 20);
  });

  it('has a mark where a batch was cut, so that nobody takes it for whole', () => {
    const lines = `{"body":{"model":"fine"}}\n`.repeat(8_000);
    const body = Buffer.from(field('purpose', 'batch') + file(lines.length, lines) + END);
    expect(readRequestHead(body, TYPE, new ModelFilter(['a'])).ok).toBe(true);
    expect(readRequestHead(digestOf(body, 65_536).bytes, TYPE, new ModelFilter(['a']))).toMatchObject({
      ok: false,
      problem: 'unreadable',
    });
  });

  it('takes time in step with the size, whatever the form is made of', () => {
    const dense = (bytes: number) => Buffer.from('--b0undary'.repeat(bytes / 10));
    const [small, large] = [dense(100 * KB), dense(1_000 * KB)];
    expect(
      takesAtMost(
        40,
        () => void digestOf(large, 65_536),
        () => void digestOf(small, 65_536),
      ),
    ).toBe(true);
  });
});
