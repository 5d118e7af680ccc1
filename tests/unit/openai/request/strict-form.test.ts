import { describe, expect, it } from 'vitest';
import { strictForm, type StrictForm } from '../../../../lib/openai/request/strict-form';

const TYPE = 'multipart/form-data; boundary=b';

function read(text: string, type = TYPE): StrictForm {
  const reading = strictForm(Buffer.from(text), type);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

const NAMED = 'Content-Disposition: form-data; name="a"';
const form = (headers: string, value = 'x') => `--b\r\n${headers}\r\n\r\n${value}\r\n--b--\r\n`;
const named = (disposition: string) => form(`Content-Disposition: ${disposition}`);

describe('a form is read where no two readers could disagree', () => {
  it.each([
    ['Multipart/Form-Data ;\tcharset=utf-8; BOUNDARY="b"', form(NAMED)],
    ['multipart/form-data;boundary=b;', form(NAMED)],
    [TYPE, `\r\n${form(NAMED)}`],
    [TYPE, `${form(NAMED)}epilogue`],
    ['multipart/form-data; boundary="b c:d"', form(NAMED).replaceAll('--b', '--b c:d')],
  ])('as %s', (type, text) => {
    expect(read(text, type)).toMatchObject({ ok: true, parts: [{ name: 'a', isFile: false }] });
  });

  it.each([
    ['form-data; name=model', 'model', false],
    ['FORM-DATA;name="model"', 'model', false],
    ['form-data; NAME="model" ;', 'model', false],
    ['form-data; name="mod%65l"', 'model', false],
    ['form-data; name=""', '', false],
    ['form-data; name="f"; filename="x.txt"', 'f', true],
    ['form-data; name="f"; filename*=x', 'f', true],
    ['form-data; name="f"; filename="a\\"b"', 'f', true],
    ['form-data; filename="c:\\a"; name="f"', 'f', true],
  ])('the part %s is called %s', (disposition, name, isFile) => {
    expect(read(named(disposition))).toMatchObject({ ok: true, parts: [{ name, isFile }] });
  });

  it('the offsets of a part are those of its content', () => {
    const text = `--b\r\n${NAMED}\r\n\r\nfirst\r\nline\r\n--b\r\n${NAMED}\r\n\r\n\r\n--b--`;
    const result = read(text);
    const contents = result.ok ? result.parts.map(({ start, end }) => text.slice(start, end)) : [];
    expect(contents).toEqual(['first\r\nline', '']);
  });

  it.each([
    `${NAMED}\r\nContent-Transfer-Encoding: 8BIT`,
    `${NAMED}\r\ncontent-transfer-encoding:7bit  `,
    `${NAMED}\r\nContent-Transfer-Encoding:\tbinary`,
    `${NAMED}\r\nContent-Type: text/plain; charset=utf-8`,
    'Content-Disposition: form-data; name="prompt"\r\nContent-Type: text/plain; charset=utf-16',
    'Content-Disposition: form-data; name="model"; filename="x"\r\nContent-Type: text/plain; charset=utf-16',
  ])('with the headers %s', (headers) => {
    expect(read(form(headers)).ok).toBe(true);
  });

  it('up to 1,000 parts', () => {
    const parts = (count: number) => `--b\r\n${NAMED}\r\n\r\nx\r\n`.repeat(count) + '--b--';
    expect(read(parts(1_000)).ok).toBe(true);
    expect(read(parts(1_001))).toEqual({ ok: false, doubt: 'it has more than 1000 parts' });
  });
});

describe('a form is in doubt', () => {
  const boundary = 'its boundary is not clear';
  it.each([
    'multipart/form-data',
    'multipart/mixed; boundary=b',
    'multipart/form-data; boundary=b; boundary=b',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="b "',
    'multipart/form-data; boundary=b, b',
    'multipart/form-data; boundary="b\\"',
    'multipart/form-data; xboundary=b',
    'x multipart/form-data; boundary=b',
    'multipart/form-data boundary=b',
  ])('for its boundary: %s', (type) => {
    expect(read(form(NAMED), type)).toEqual({ ok: false, doubt: boundary });
  });

  const before = 'something stands before its first part';
  const followed = 'its delimiter at byte 0 is followed by something else';
  it.each([
    ['', before],
    ['no delimiter', before],
    [`x${form(NAMED)}`, before],
    [`xy${form(NAMED)}`, before],
    [`\n${form(NAMED)}`, before],
    [`\r\r${form(NAMED)}`, before],
    [`preamble\r\n${form(NAMED)}`, before],
    [form(NAMED).replace('--b\r\n', '--bc\r\n'), followed],
    [form(NAMED).replace('--b\r\n', '--b\n'), followed],
    [form(NAMED).replace('--b\r\n', '--b \r\n'), followed],
    [form(NAMED).replace('--b\r\n', '--b\r\r'), followed],
    [form(NAMED).replace('--b\r\n', '--b-\r\n'), followed],
    [form(NAMED).replace('--b\r\n', '--bx-'), followed],
    [`${form(NAMED)}--b`, 'something stands behind its end'],
    [`${form(NAMED)}${form(NAMED)}`, 'something stands behind its end'],
    [`--b\r\n${NAMED}\r\n\r\nx`, 'it has no end'],
    ['--b\r\n', 'it has no end'],
    [form(NAMED, 'x--b'), 'its delimiter at byte 50 is not at the start of a line'],
    [form(NAMED).replace('x\r\n', 'x\n'), 'its delimiter at byte 51 is not at the start of a line'],
  ])('for what stands around its parts: %j', (text, doubt) => {
    expect(read(text)).toEqual({ ok: false, doubt });
  });

  it.each([
    `--b\r\n${NAMED}\r\n--b--`,
    `--b\r\n${NAMED}\n\nx\r\n--b--`,
    form(`${NAMED}\r\nX: ${'x'.repeat(8 * 1024)}`),
  ])('for headers without an end', (text) => {
    expect(read(text)).toEqual({ ok: false, doubt: 'the part at byte 5 has no end of its headers' });
  });

  it.each([
    `${NAMED}\r\n folded`,
    `${NAMED}\r\n${NAMED}`,
    `${NAMED}\r\ncontent-disposition: form-data`,
    `${NAMED}\r\nno header`,
    ` ${NAMED}`,
    `${NAMED}\r\nx: a\0b`,
    `${NAMED}\r\nx: a\nb: c`,
    `${NAMED}\r\nx : a`,
    '',
  ])('for headers that are not clear: %j', (headers) => {
    expect(read(form(headers))).toEqual({
      ok: false,
      doubt: 'the headers of the part at byte 5 are not clear',
    });
  });

  it.each([
    'X-Content-Disposition: form-data; name="a"',
    ...[
      'attachment; name="a"',
      'form-data',
      'form-data; filename="a"',
      'form-data; name="a"; name="a"',
      'form-data; name="a"; Name="b"',
      'form-data; name="a"; name*=b',
      'form-data; name="a\\"b"',
      'form-data; name="a\\b"',
      'form-data; name="=?utf-8?q?a?="',
      'form-data; name="a"b"',
      'form-data; name="_charset_"',
      'form-data; name="_CHARSET_"',
      'form-data name="a"',
    ].map((disposition) => `Content-Disposition: ${disposition}`),
  ])('for a name that is not clear: %s', (headers) => {
    expect(read(form(headers))).toEqual({ ok: false, doubt: 'the name of the part at byte 5 is not clear' });
  });

  it.each([
    ['Content-Type: Multipart/mixed', 'is a form itself'],
    ['Content-Transfer-Encoding: base64', 'is encoded'],
    ['Content-Transfer-Encoding: quoted-printable', 'is encoded'],
    ['Content-Encoding: identity', 'is encoded'],
    ['Content-Type: text/plain; charset=utf-16', 'is not in UTF-8'],
  ])('for %s', (header, doubt) => {
    expect(read(form(`${NAMED}\r\n${header}`))).toEqual({ ok: false, doubt: `the part at byte 5 ${doubt}` });
  });
});
