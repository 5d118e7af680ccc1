import { expect, it } from 'vitest';
import { framingOf, isVagueType } from '../../../../lib/openai/sse/framing';

it.each([
  ['data: x', 'events'],
  ['event:x', 'events'],
  ['id:', 'events'],
  ['retry:', 'events'],
  [': comment', 'events'],
  [':', 'events'],
  ['    \n\ndata:x', 'events'],
  ['\ufeffdata:x', 'events'],
  ['{"a":1}', 'json'],
  ['[', 'json'],
  [' \r\n {', 'json'],
  ['\ufeff[1]', 'json'],
  ['retryx', 'other'],
  ['plaint', 'other'],
  ['xdata:', 'other'],
  ['my id:', 'other'],
  ['Hello', 'other'],
  ['a b', 'other'],
  ['da1', 'other'],
  ['<html>', 'other'],
  ['é', 'other'],
  ['"', 'other'],
  ['', undefined],
  [' \n', undefined],
  ['\ufeff', undefined],
  ['d', undefined],
  ['retry', undefined],
  ['plain', undefined],
])('a body that begins with %j is %s', (text, framing) => {
  expect(framingOf(Buffer.from(text))).toBe(framing);
});

it('the first bytes of a byte order mark tell nothing yet', () => {
  expect(framingOf(Buffer.from([0xef]))).toBeUndefined();
  expect(framingOf(Buffer.from([0xef, 0xbb]))).toBeUndefined();
});

it.each([
  ['audio/mpeg', false],
  ['image/png', false],
  ['video/mp4', false],
  ['font/woff', false],
  ['multipart/form-data', false],
  ['text/html; charset=utf-8', false],
  ['text/event-stream', true],
  ['application/json', true],
  ['application/audio/mpeg', true],
  ['application/text/html', true],
  ['', true],
])('the type %s leaves open what the answer is: %s', (type, isVague) => {
  expect(isVagueType(type)).toBe(isVague);
});
