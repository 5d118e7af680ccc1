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
  ].map((value) => Buffer.from(JSON.stringify(value)));
  for (const body of bodies) expect(checkAnswer(body, 'application/json', true)).toBe('answer');
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});
