import { describe, expect, it } from 'vitest';
import { evidenceOf, looksLikePage } from '../../../../lib/openai/errors/error-evidence';

const of = (body: string | object, status = 401) =>
  evidenceOf(status, typeof body === 'string' ? body : JSON.stringify(body));

describe('what an error says', () => {
  it.each<[string | object, string]>([
    ['\ufeffPlain Text ', 'plain text'],
    [' \n plain\n', 'plain'],
    ['\ufeff{"message":"Hello"}', 'hello'],
    [{ error: { message: 'One', detail: 'Two' } }, 'one\ntwo'],
    [{ message: 'same', error: { message: 'same' } }, 'same'],
    [{ message: '{"message":"inner"}' }, 'inner'],
    [{ message: ' \n[{"message":"inner"}]' }, 'inner'],
    [{ message: 'x {"message":"inner"}' }, 'x {"message":"inner"}'],
    [{ message: '{"message":"inner' }, '{"message":"inner'],
    [{ message: '17' }, '17'],
    [{ errors: [...Array.from({ length: 7 }, () => 'a'), 'eighth', 'ninth'] }, 'a\neighth'],
    [{ message: 5, other: 'x' }, ''],
    ['data: {"message":"a"}\n\ndata: {"message":"b"}\n\n', 'b'],
    ['data: {"message":"a"}\r\n\r\ndata: {"message":"b"}\r\n\r\n', 'b'],
    ['data: {"message":"a"}\n\ndata: [DONE]\n\n', 'a'],
    ['event: error\ndata: {"message":\ndata: "a"}', 'a'],
    ['data: not json', 'data: not json'],
    ['{"message":"a"}\n{"message":"b"}', 'a'],
    [' \n{"message":"a"}\nand more', 'a'],
    [`${'{"message":"a"}'}\ndata: {"message":"b"}`, 'a'],
    ['<html><title>Oops</title>', ''],
    ['', ''],
  ])('of %j is %j', (body, text) => {
    expect(of(body).text).toBe(text);
  });

  it('is cut to 2,000 letters', () => {
    expect(of('x'.repeat(3_000)).text).toBe('x'.repeat(2_000));
    expect(of({ message: 'x'.repeat(3_000) }).text).toBe('x'.repeat(2_000));
    expect(of({ message: 'x'.repeat(1_500), msg: 'y'.repeat(1_500) }).text).toBe(
      `${'x'.repeat(1_500)}\n${'y'.repeat(499)}`,
    );
  });

  it('of the last hundred events counts', () => {
    const events = (behind: number) => `data: {"message":"a"}\n\n${'data: x\n\n'.repeat(behind)}`;
    expect(of(events(98)).text).toBe('a');
    expect(of(events(100)).json).toBeUndefined();
  });

  it.each([
    ["'a b' c", "'' c"],
    ["don't 'x y' z", "don't '' z"],
    ["say 'never ends", "say ''"],
    ["say 'open\nnext 'x' line", "say ''\nnext '' line"],
    ["a='x', b:('y') [{'z'}]", "a='', b:('') [{''}]"],
    ["it's the user's", "it's the user's"],
    ["'it's here' z", "'' z"],
    ['"q" x "r s"', '"" x ""'],
    ['"open\nx"', '"open\nx"'],
    ['`q` x `r s`', '`` x ``'],
    ['`open\nx`', '`open\nx`'],
  ])('of a mistake is read without what it quotes: %j is %j', (message, text) => {
    for (const status of [400, 404, 413, 415, 422]) expect(of({ message }, status).text).toBe(text);
    expect(of({ message }, 401).text).toBe(message);
  });
});

it.each<[object, string[]]>([
  [{ error: { code: 'A', type: 'B', status: 404 } }, ['a', '404', 'b']],
  [{ code: '', type: null, reason: ['x'] }, []],
  [{ code: 'X'.repeat(300) }, ['x'.repeat(200)]],
  [{ base_resp: { status_code: 5 } }, ['base_resp.5']],
  [{ code: 1, detail: { code: 2, inner_error: { code: 3 } } }, ['1', '2', '3']],
  [{ other: { code: 2 } }, []],
  [{ error: { error: { error: { error: { error: { code: 5, error: { code: 6 } } } } } } }, ['5']],
])('the codes in %j are %j', (body, words) => {
  expect(of(body).words).toEqual(words);
});

it('the part of the request is the first that is named', () => {
  expect(of({ param: '', error: { param: 'Messages[0]', detail: { param: 'x' } } }).param).toBe(
    'messages[0]',
  );
  expect(of({ param: 5 }).param).toBe('');
});

it.each<[number, string | object, number]>([
  [500, { error: { code: 404 } }, 500],
  [300, { error: { code: 404 } }, 300],
  [299, { error: { code: 404 } }, 404],
  [200, { error: { code: 404 } }, 404],
  [200, { error: { code: 'not_found', status: 'x' } }, 404],
  [200, { error: 'not_found', message: 'm' }, 404],
  [200, { message: 'm' }, 0],
  [200, 'text', 0],
])('an answer of %i that says %j stands for %i', (status, body, stands) => {
  expect(evidenceOf(status, typeof body === 'string' ? body : JSON.stringify(body)).status).toBe(stands);
});

describe('a page', () => {
  it.each([
    ['<html><title> Bad  Gateway </title>', 'a page of HTML: Bad  Gateway'],
    ['<!DOCTYPE html><TITLE lang="en">Oops</TITLE>', 'a page of HTML: Oops'],
    ['<html><title> </title>', 'a page of HTML'],
    ['<html><title></title>', 'a page of HTML'],
    ['<html><body>no', 'a page of HTML'],
    [`<html>${' '.repeat(2_000)}<title>late</title>`, 'a page of HTML'],
  ])('%s is told by its title', (page, message) => {
    expect(of(page)).toMatchObject({ isPage: true, json: undefined, error: { message } });
  });

  it('is what begins like one', () => {
    for (const page of [
      '<html>',
      ' \n<!doctype html>',
      '<!-- x -->\n<body>',
      '<?xml version="1.0"?> <html>',
      '<H1>x',
    ])
      expect(looksLikePage(page), page).toBe(true);
    for (const text of ['', 'x <html>', '<p>x', '{"a":"<html>"}', `${' '.repeat(2_000)}<html>`])
      expect(looksLikePage(text), text).toBe(false);
  });

  it('a text is told up to 300 letters', () => {
    expect(of(` ${'x'.repeat(400)}`).error?.message).toBe('x'.repeat(299));
    expect(of(' \n').error).toBeUndefined();
  });
});
