import { describe, expect, it } from 'vitest';
import { JsonDigest } from '../../../../lib/openai/request/json-digest';
import { readRequestHead, type RequestHeadResult } from '../../../../lib/openai/request/request-head';

const KB = 1024;
const TYPE = 'application/json';

function digestOf(text: string, pieceBytes: number): JsonDigest {
  const body = Buffer.from(text);
  const digest = new JsonDigest();
  for (let at = 0; at < body.length; at += pieceBytes) digest.add(body.subarray(at, at + pieceBytes));
  return digest;
}

/** With the place of the model as it is in the whole text. */
function inWhole(told: RequestHeadResult, digest: JsonDigest): RequestHeadResult {
  if (!told.ok || told.head.modelAt === undefined) return told;
  return { ok: true, head: { ...told.head, modelAt: digest.placeOf(told.head.modelAt) } };
}

const long = (text: string, bytes = 200 * KB) => text.repeat(Math.ceil(bytes / text.length));

describe('what is kept of JSON', () => {
  it.each([
    ['nothing that is long', '{"model":"m","stream":true,"a":[1,{"b":"c\\"d"}]}'],
    ['a long string', `{"x":"${long('QUJD')}","model":"m","stream":true}`],
    ['one of quotes that are escaped', `{"x":"${long('\\"')}","model":"m","stream":true}`],
    ['one of backslashes', `{"x":"${long('\\\\')}","model":"m","stream":true}`],
    ['one of both, shifted by one', `{"x":"y${long('\\\\\\"')}","model":"m","stream":true}`],
    ['one of escapes', `{"x":"yy${long('\\u0041')}","model":"m","stream":true}`],
    ['a long string in front of another', `{"x":["${long('a')}","${long('b')}"],"model":"m","user":"u"}`],
    ['text that is no JSON', `{"x":"${long('a')}","model":"m",}`],
    ['text that does not end', `{"model":"m","x":"${long('a')}`],
  ])('tells the same as the whole of it, in whatever pieces it comes: %s', (_what, text) => {
    const whole = readRequestHead(Buffer.from(text), TYPE);
    for (const pieceBytes of [1, 7, 1_000, 65_536, 65_537, text.length]) {
      const digest = digestOf(text, pieceBytes);
      const told = readRequestHead(digest.bytes, TYPE);
      if (whole.ok) expect(inWhole(told, digest)).toEqual(whole);
      else expect(told).toMatchObject({ ok: false, problem: whole.problem });
    }
  });

  it('is little of a long string, and says when it is too much', () => {
    expect(digestOf(`{"x":"${long('a', 4_000 * KB)}"}`, 65_536).length).toBeLessThan(70 * KB);
    const many = digestOf(`[${long('"abc",', 20_000 * KB)}"x"]`, 65_536);
    expect(many.isFull).toBe(true);
    expect(many.length).toBeLessThan(17 * 2 ** 20);
  });
});
