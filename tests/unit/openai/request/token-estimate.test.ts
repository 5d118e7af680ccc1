import { describe, expect, it } from 'vitest';
import { estimatedTokens } from '../../../../lib/openai/request/token-estimate';

const TEXT = 'Why is the sky blue, and the sea green? '.repeat(1_000);
const BASE64 = Buffer.from(TEXT).toString('base64').repeat(10);

const json = (content: unknown) => Buffer.from(JSON.stringify({ messages: [{ role: 'user', content }] }));
const picture = (data: string) => ({
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${data}` },
});

describe('estimatedTokens', () => {
  it('is a fourth of the bytes, and the longest answer asked for', () => {
    const body = json(TEXT);
    expect(estimatedTokens(body)).toBe(Math.ceil(body.length / 4));
    expect(estimatedTokens(body, 500)).toBe(Math.ceil(body.length / 4) + 500);
    expect(estimatedTokens(Buffer.from(' \n{}'))).toBe(1);
  });

  it.each([
    ['data URLs', [picture(BASE64), { type: 'text', text: TEXT }, picture(BASE64)], 2],
    ['sound', [{ type: 'input_audio', input_audio: { data: BASE64, format: 'wav' } }, TEXT], 1],
    ['base64 with escaped slashes', [TEXT, picture(BASE64.replaceAll('a', '\\/'))], 1],
    ['the alphabet of URLs', [TEXT, { file_data: BASE64.replaceAll('a', '-').replaceAll('b', '_') }], 1],
  ])('counts %s by the piece, and the text beside them by its bytes', (_what, content, pieces) => {
    const text = estimatedTokens(json(TEXT));
    const tokens = estimatedTokens(json(content)) - text - pieces * 1_000;
    expect(tokens).toBeGreaterThan(0);
    // Up to two kilobytes of each piece are not seen to be one.
    expect(tokens).toBeLessThan(100 + pieces * 512);
  });

  it('takes code and numbers for text', () => {
    const numbers = json(Array.from({ length: 5_000 }, (_, index) => index));
    const code = json('const value = await fetch(address).then((answer) => answer.json());\n'.repeat(500));
    for (const body of [numbers, code]) expect(estimatedTokens(body)).toBe(Math.ceil(body.length / 4));
  });

  it.each([
    ['a form', Buffer.from(`--x\r\ncontent-disposition: form-data; name="file"\r\n\r\n${TEXT}`)],
    ['sound', Buffer.alloc(50_000, 0xff)],
    ['nothing', Buffer.alloc(0)],
  ])('counts nothing of %s but the answer', (_what, body) => {
    expect(estimatedTokens(body)).toBe(0);
    expect(estimatedTokens(body, 7)).toBe(7);
  });

  it('of a text that breaks off within base64 is that of what is there', () => {
    expect(estimatedTokens(Buffer.from(`{"data":"${BASE64}`))).toBeLessThan(1_600);
  });

  it('is at most a million', () => {
    expect(estimatedTokens(json(TEXT), 999_999_999)).toBe(1_000_000);
  });
});
