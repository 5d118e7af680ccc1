import { describe, expect, it } from 'vitest';
import { readRequestHead } from '../../../../lib/openai/request/request-head';
import { takesAtMost } from '../../../support/cost';

const TYPE = 'multipart/form-data; boundary=----b0undary';

function field(name: string, value: string): string {
  return `------b0undary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

const FILE = Buffer.concat([
  Buffer.from(
    '------b0undary\r\nContent-Disposition: form-data; name="file"; filename="model"\r\nContent-Type: audio/mpeg\r\n\r\n',
  ),
  Buffer.from([0xff, 0xfb, 0x0d, 0x0a, 0x0d, 0x0a, 0x2d, 0x2d, 0x00]),
  Buffer.from('\r\n------b0undary-but-longer\r\nname="model"\r\n\r\nfrom-the-file\r\n'),
]);
const END = '------b0undary--\r\n';

function head(parts: readonly (string | Buffer)[], contentType = TYPE) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const result = readRequestHead(body, contentType);
  if (!result.ok) throw new Error(result.message);
  return result.head;
}

describe('a multipart form', () => {
  it('gives model and stream, before or behind the file', () => {
    const expected = { model: 'whisper-1', stream: true, affinity: undefined };
    expect(head([field('model', 'whisper-1'), FILE, field('stream', 'true'), END])).toEqual(expected);
    expect(head([FILE, field('stream', 'true'), field('model', 'whisper-1'), END])).toEqual(expected);
  });

  it('never takes the content of a file for a field', () => {
    expect(head([FILE, END]).model).toBeUndefined();
  });

  it('copes with quoted boundaries, preambles, padding, other header spellings and UTF-8', () => {
    const type = 'Multipart/Form-Data; charset=utf-8; boundary="a b:c"';
    const body =
      'preamble\r\n--a b:c \t\r\ncontent-type: text/plain\r\ncontent-disposition: FORM-DATA; x=y; name=model\r\n\r\nmodèle\r\n--a b:c--';
    expect(head([body], type).model).toBe('modèle');
  });

  it('takes the last of several equal names and streams only for true', () => {
    expect(head([field('model', 'b'), field('model', 'b'), field('stream', '1'), END])).toEqual({
      model: 'b',
      namesTwice: true,
      stream: false,
      affinity: undefined,
    });
  });

  const part = (disposition: string, type: string, value: unknown) =>
    `------b0undary\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\n\r\n${JSON.stringify(value)}\r\n`;
  const NAMING = { file_id: 'file-1', metadata: { file_id: 'file-9' }, previous_response_id: 'resp_1' };

  it.each([
    ['without the name of a file', 'name="session"', 'application/json'],
    ['whatever it is called', 'name="metadata"', 'Application/JSON; charset=utf-8'],
    ['as browsers send one', 'name=purpose; filename="blob"', 'application/json'],
  ])('names objects in a part that is JSON, behind those of its fields: %s', (_how, name, type) => {
    const parts = [part(name, type, NAMING), field('file_id', 'file-2'), END];
    expect(head(parts).references).toEqual(['file-2', 'resp_1', 'file-1']);
    expect(head([part(name, type, [7]), END]).references).toBeUndefined();
  });

  it.each([
    ['a file', 'name="file"; filename="a.json"', 'application/json'],
    ['a file with a name in UTF-8', 'name="file"; filename*=UTF-8\'\'a.json', 'application/json'],
    ['text', 'name="prompt"', 'text/plain'],
    ['a blob of another kind', 'name="file"; filename="blob"', 'application/octet-stream'],
  ])('names nothing in %s', (_what, name, type) => {
    expect(head([part(name, type, NAMING), END]).references).toBeUndefined();
  });

  it('tells when two models differ', () => {
    expect(head([field('model', 'a'), field('model', 'b'), END])).toMatchObject({
      model: 'b',
      isAmbiguous: true,
    });
  });

  it.each([
    ['no boundary parameter', 'multipart/form-data', [field('model', 'm'), END]],
    ['another boundary', 'multipart/form-data; boundary=x', [field('model', 'm'), END]],
    ['a part that never ends', TYPE, [field('model', 'm')]],
    [
      'a part without a blank line',
      TYPE,
      ['------b0undary\r\nContent-Disposition: form-data; name="model"\r\n', END],
    ],
    ['garbage', TYPE, ['{"model":"m"}']],
    ['bare line feeds', TYPE, [field('model', 'm').replaceAll('\r', ''), END]],
  ])('leaves the model unknown for %s', (_what, type, parts) => {
    expect(head(parts, type).model).toBeUndefined();
  });

  it.each([
    ['multipart/form-data;boundary=b', '--b\r\nContent-Disposition:form-data;name=model\r\n\r\nm\r\n--b--'],
    [
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="model"; x="y"\r\n\r\nm\r\n--b\r\n',
    ],
    [
      'multipart/form-data; boundary="é"',
      '--é\r\nContent-Disposition: form-data; \tname=model\r\n\r\nm\r\n--é--',
    ],
  ])('is read as %s', (type, text) => {
    expect(head([Buffer.from(text, 'latin1')], type).model).toBe('m');
  });

  it.each([
    'X-Content-Disposition: form-data; name="model"',
    'Content-Disposition: attachment; name="model"',
    'Content-Disposition: form-data; xname="model"',
    'Content-Disposition: form-data; filename="model"',
    'Content-Disposition: form-data',
    'Content-Type: text/plain; name=model',
  ])('has no field of that name: %s', (header) => {
    expect(head([`------b0undary\r\n${header}\r\n\r\nm\r\n${END}`]).model).toBeUndefined();
  });

  it('keeps in a value what only looks like a delimiter', () => {
    for (const value of [
      'a\r\n------b0undary-x',
      'a\r\n------b0undaryx\r\nb',
      'a\r\n------b0undary \rb',
      '\r\n',
    ])
      expect(head([field('model', value), END]).model).toBe(value);
  });

  it('reads a thousand parts, and of each header 16 KB', () => {
    const others = field('x', 'y').repeat(999);
    expect(head([others, field('model', 'm'), END]).model).toBe('m');
    expect(head([others, field('x', 'y'), field('model', 'm'), END]).model).toBeUndefined();
    const padded = (bytes: number) =>
      field('model', 'm').replace('\r\n\r\n', `\r\nX: ${'x'.repeat(bytes)}\r\n\r\n`);
    expect(head([padded(16_000), END]).model).toBe('m');
    expect(head([padded(17_000), END]).model).toBeUndefined();
  });

  it('takes time linear in the body when the parts are broken', () => {
    for (const piece of ['------b0undary\r\nx\r\n', '\r\n------b0undary-']) {
      const [long, short] = [Buffer.alloc(8_000_000, piece), Buffer.alloc(1_600_000, piece)];
      // Five times as long; 25 times if each part were looked for through the rest of the body.
      const isCheap = takesAtMost(
        16,
        () => head([long]),
        () => head([short]),
      );
      expect(isCheap).toBe(true);
    }
  });
});
