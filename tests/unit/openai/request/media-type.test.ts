import { expect, it } from 'vitest';
import { charsetOf, isJson, isJsonLines, mediaType } from '../../../../lib/openai/request/media-type';

it.each([
  [undefined, ''],
  ['', ''],
  ['application/json', 'application/json'],
  [' Application/JSON ', 'application/json'],
  ['text/Plain ; charset=utf-8', 'text/plain'],
  [';charset=utf-8', ''],
])('the media type of %j is %j', (contentType, type) => {
  expect(mediaType(contentType)).toBe(type);
});

it.each([
  ['application/json', true, false],
  ['text/json', true, false],
  ['application/problem+json', true, false],
  ['application/x-ndjson', false, true],
  ['application/jsonl', false, true],
  ['application/json-seq', false, true],
  ['json', false, false],
  ['+json/x', false, false],
  ['/json/x', false, false],
  ['jsonl/x', false, false],
  ['ndjson/x', false, false],
  ['json-seq/x', false, false],
  ['text/plain', false, false],
  ['', false, false],
])('%s is JSON: %s, lines of JSON: %s', (type, json, lines) => {
  expect([isJson(type), isJsonLines(type)]).toEqual([json, lines]);
});

it.each([
  ['text/plain', 'none'],
  ['', 'none'],
  ['text/plain; charset=utf-8', 'clear'],
  ['text/plain; Charset="UTF8"', 'clear'],
  ["text/plain; charset = 'us-ascii'", 'clear'],
  ['text/plain; charset=ISO-8859-1; x=y', 'clear'],
  ['text/plain; charset=latin1', 'clear'],
  ['text/plain; charset=utf-16', 'unclear'],
  ['text/plain; charset=utf-7', 'unclear'],
  ['text/plain; charset=xutf-8', 'unclear'],
  ['text/plain; charset=', 'unclear'],
  ['text/plain; charset', 'unclear'],
  ['text/plain; charset=utf-8; charset=utf-8', 'unclear'],
  ['text/plain; charset*=utf-8', 'unclear'],
  ['text/plain; charset *0=utf-8; charset=utf-8', 'unclear'],
  ['text/plain; charset  *=x; charset=utf-8', 'unclear'],
])('the charset of %s is %s', (contentType, charset) => {
  expect(charsetOf(contentType)).toBe(charset);
});
