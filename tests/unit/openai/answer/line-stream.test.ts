import { describe, expect, it } from 'vitest';
import { LineStream } from '../../../../lib/openai/answer/line-stream';

function read(text: string, type = '', pieceBytes = Math.max(1, text.length)): LineStream {
  const stream = new LineStream(type);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) stream.push(bytes.subarray(at, at + pieceBytes));
  stream.end();
  return stream;
}

const more = '{"model":"m","done":false}\n';
const last = '{"model":"m","done":true,"usage":{"prompt_tokens":2,"completion_tokens":3}}\n';
const failure = '{"error":{"message":"busy"}}';

it.each([
  ['application/x-ndjson', true],
  ['application/jsonl', true],
  ['application/json-lines', true],
  ['application/json-seq', true],
  ['application/stream+json', true],
  ['application/json', false],
  ['', false],
])('an answer of the type %s is a stream of lines: %s', (type, isLines) => {
  expect(read('', type).isLines).toBe(isLines);
  expect(read('{"a":1}', type).isLines).toBe(isLines);
});

it.each([
  ['{"a":1}\n{"b":2}', true],
  ['{"a":1}\n{"b":2}\n', true],
  ['{"a":1}\nno\n\n{"b":2}', true],
  ['{"a":1}\n', false],
  ['{"a":1}\n[1]\n"{"\n\n', false],
  ['[1]\n[2]\n[3]', false],
  [' {"a":1}\n {"b":2}', false],
])('without such a type it is one if two lines are objects: %j', (text, isLines) => {
  for (const pieceBytes of [1, 3, 100]) expect(read(text, '', pieceBytes).isLines).toBe(isLines);
});

describe('a stream of lines', () => {
  it('is unfinished until a line says that it is the last', () => {
    for (const pieceBytes of [1, 9, 1000]) {
      expect(read(more + more, '', pieceBytes).isUnfinished).toBe(true);
      expect(read(more + last, '', pieceBytes).isUnfinished).toBe(false);
      expect(read(more + last.trim(), '', pieceBytes).isUnfinished).toBe(false);
    }
    expect(read(more, 'application/x-ndjson').isUnfinished).toBe(true);
    expect(read(more).isUnfinished).toBe(false);
    expect(read('{"a":1}\n{"a":2}\n').isUnfinished).toBe(false);
    expect(read(more + last).format).toBe('done');
  });

  it('tells its first error, and is not unfinished with one', () => {
    const failed = read(`${more}${failure}\n{"error":{"message":"again"}}\n`);
    expect(failed).toMatchObject({ error: failure, isUnfinished: false });
    expect(read(failure, 'application/x-ndjson').error).toBe(failure);
    expect(read(failure).error).toBeUndefined();
    expect(read(more + more).error).toBeUndefined();
    expect(read(`${more}"error"\n`).error).toBeUndefined();
  });

  it('is within a line while its end has not come, at its end too', () => {
    const stream = new LineStream('');
    const at = (text: string): boolean => {
      stream.push(Buffer.from(text));
      return stream.isMidLine;
    };
    expect([stream.isMidLine, at('{"a"'), at(':1}\n'), at('\n'), at('{')]).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
    stream.end();
    expect(stream.isMidLine).toBe(true);
    expect(read(more).isMidLine).toBe(false);
  });

  it('tells what its lines count together', () => {
    expect(read(more + more).usage).toBeUndefined();
    const first = '{"usage":{"prompt_tokens":2,"completion_tokens":1}}\n';
    const second = '{"usage":{"completion_tokens":4}}\n';
    expect(read(first + second)?.usage).toMatchObject({
      promptTokens: 2,
      completionTokens: 4,
      totalTokens: 6,
    });
    expect(read(last).usage).toMatchObject({ totalTokens: 5 });
  });

  it('is not looked into where a line is longer than 256 KiB', () => {
    const line = (length: number) => {
      const [start, end] = ['{"a":"', '","usage":{"prompt_tokens":7}}'];
      return `${start}${'x'.repeat(length - start.length - end.length)}${end}\n`;
    };
    expect(read(line(256 * 1024), '', 10_000).usage?.promptTokens).toBe(7);
    expect(read(line(256 * 1024 + 1), '', 10_000).usage).toBeUndefined();
    expect(read(line(300_000) + more + last, '', 10_000)).toMatchObject({
      isLines: true,
      isUnfinished: false,
    });
    expect(read(line(300_000) + last).isLines).toBe(false);
  });
});
