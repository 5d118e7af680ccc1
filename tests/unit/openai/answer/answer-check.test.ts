import { describe, expect, it, vi } from 'vitest';
import { checkAnswer } from '../../../../lib/openai/answer/answer-check';

const check = (value: unknown, type = 'application/json', isWhole = true) =>
  checkAnswer(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), type, isWhole);

const chat = (more: object = {}) => ({ id: 'c', choices: [{ message: { content: 'Hi' } }], ...more });

describe('is an answer', () => {
  it.each<[string, unknown]>([
    ['a chat', chat()],
    ['an error of null', chat({ error: null })],
    ['an empty error beside content', chat({ error: {} })],
    ['a text that speaks of errors', chat({ choices: [{ message: { content: '{"error":{"code":500}}' } }] })],
    ['an error deep within', chat({ choices: [{ message: { tool: { error: 'no such file' } } }] })],
    ['a good base_resp', chat({ base_resp: { status_code: 0 } })],
    ['a filtered prompt', { choices: [], prompt_filter_results: [{}] }],
    ['a blocked prompt', { promptFeedback: { blockReason: 'SAFETY' } }],
    ['no choices, but output', { choices: [], output: [{}] }],
    ['an envelope', { code: 0, message: 'ok', data: [] }],
    ['a message without a code', { message: 'queued' }],
    ['a response that is not failed', { object: 'response', status: 'completed', error: null, output: [] }],
    ['results of a moderation', { results: [{ flagged: true }] }],
    ['a number', 17],
    ['an error of an empty text', { error: '', data: [1] }],
    ['the word in a list', { kind: ['error'], data: [1] }],
    ['a list', [{ data: [1] }]],
    [
      'an error in the middle of a long body',
      `{"data":[1],"a":"${'x'.repeat(9_000)}","error":{"code":1},"b":"${'x'.repeat(9_000)}"}`,
    ],
    ...['output', 'content', 'data', 'candidates', 'results', 'text', 'finish_reason', 'block_reason'].map(
      (name): [string, unknown] => [
        `no choices, but ${name}`,
        { choices: [], [name]: ['x'], base_resp: { status_code: 0 } },
      ],
    ),
  ])('%s', (_what, value) => {
    expect(check(value)).toBe('answer');
  });

  it.each([
    ['{"error":{"mess'],
    ['{"choices":[{"message":{"content":"Hel'],
    ['Hello'],
    ['null'],
    ['{}'],
    ['[]'],
  ])('but not %s, where JSON was promised', (text) => {
    expect(checkAnswer(Buffer.from(text), 'application/json', true)).toBe('empty');
    expect(checkAnswer(Buffer.from(text), 'application/json', false)).toBe('answer');
  });

  it('whatever it is, where no JSON was promised', () => {
    for (const text of ['Hello', 'null', '{}', '[]', '{"choices":[{"a":']) {
      expect(check(text, 'text/plain')).toBe('answer');
      expect(check(text, 'application/json; charset=utf-8')).toBe('empty');
    }
    expect(check('Hello', 'text/html; charset=utf-8')).toBe('html');
    expect(check('\n', 'text/html; charset=utf-8')).toBe('empty');
    expect(check('17', 'application/json')).toBe('answer');
  });

  it('the transcript of silence', () => {
    expect(check('\n', 'text/plain; charset=utf-8')).toBe('answer');
  });

  it('JSON that is called HTML', () => {
    expect(check(chat(), 'text/html')).toBe('answer');
  });

  it('whatever is not whole, but a page of HTML', () => {
    for (const text of ['{"error":{"code":500', ' ', '{"choices":[]']) {
      expect(check(text, 'application/json', false)).toBe('answer');
    }
    expect(check('<html><head>', 'application/json', false)).toBe('html');
  });
});

describe('is none', () => {
  it.each<[string, string, unknown]>([
    ['error', 'an error', { error: { message: 'no' } }],
    ['error', 'an error in spaces', '{ "error" : "no" }'],
    ['error', 'an error beside an empty list', { error: 'no', choices: [] }],
    [
      'error',
      'a failed response',
      { object: 'response', status: 'failed', error: { code: 'server_error' }, output: [] },
    ],
    ['error', 'a bad base_resp', { base_resp: { status_code: 1008 }, choices: null }],
    ['error', 'a code and a message', { code: 50603, message: 'busy', data: null }],
    ['error', 'a failure', { success: false, message: 'no' }],
    ['error', 'a detail', { detail: [{ msg: 'field required' }] }],
    ['error', 'a list of an error', [{ error: { code: 503 } }]],
    ['error', 'an error behind a byte order mark', `\ufeff${JSON.stringify({ error: { code: 1 } })}`],
    ['error', 'an error beside a chat', chat({ error: { code: 500 } })],
    ['error', 'an error beside a chat, with blanks behind', `${JSON.stringify(chat({ error: 'no' }))} \n\n`],
    ['error', 'an error that is a number', { error: 5, data: [1] }],
    ['error', 'a text that is an error', { error: 'no', data: [1] }],
    ['error', 'a bad base_resp beside a chat', chat({ base_resp: { status_code: 1008 } })],
    ['error', 'an error before a long chat', { error: { code: 1 }, ...chat({ note: 'x'.repeat(9_000) }) }],
    ['error', 'an error behind a long chat', chat({ note: 'x'.repeat(9_000), error: { code: 1 } })],
    [
      'error',
      'a bad base_resp behind a long chat',
      chat({ a: 'x'.repeat(9_000), base_resp: { status_code: 1 } }),
    ],
    ['empty', 'a chat that is cut off', '{"choices":[{"a":1}],"b":'],
    ['empty', 'a chat that is cut off before blanks', '{"choices":[{"a":1}],"b": \n'],
    ['no_choice', 'no choice in a long body', { choices: [], note: 'x'.repeat(9_000) }],
    ['no_choice', 'no choice', { id: 'c', choices: [], usage: {} }],
    ['no_choice', 'choices of null', '{"choices": null}'],
    ['no_choice', 'choices with space', '{"choices":[\n]}'],
    ['html', 'a page', '<!DOCTYPE html>\n<html>'],
    ['html', 'a page behind a byte order mark', '\ufeff <html lang="en">'],
    ['empty', 'nothing', ''],
    ['empty', 'white space', ' \r\n\t'],
  ])('%s: %s', (kind, _what, value) => {
    expect(check(value)).toBe(kind);
  });

  it('a text that says nothing at all, whatever its type', () => {
    expect(check('', 'text/plain')).toBe('empty');
  });

  it('an error at the end of a long body', () => {
    expect(check(`{"choices":[],"note":"${'x'.repeat(30_000)}","error":{"code":500}}`)).toBe('error');
  });
});

it('an ordinary answer is not parsed', () => {
  const parse = vi.spyOn(JSON, 'parse');
  const bodies = [
    chat({ error: null, usage: { prompt_tokens: 1 } }),
    { object: 'list', data: [{ embedding: [0.1] }] },
    { object: 'response', error: null, output: [{}] },
    { results: [{}] },
    { content: [{ text: 'x' }] },
    { candidates: [{}] },
    { text: 'x' },
    [{ data: [1] }],
    chat({ note: 'x'.repeat(9_000) }),
    { note: 'x'.repeat(9_000) },
    { data: [1], error: '' },
    { data: [1], kind: ['error'] },
    { data: [1], note: 'x'.repeat(8 * 1024 - 22) },
  ].map((value) => Buffer.from(`${JSON.stringify(value)} \r\n`));
  for (const body of bodies) expect(checkAnswer(body, 'application/json', true)).toBe('answer');
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});
