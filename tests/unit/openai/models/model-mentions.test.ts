import { expect, it } from 'vitest';
import { JsonScanner } from '../../../../lib/openai/json/json-scanner';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { ModelMentions } from '../../../../lib/openai/models/model-mentions';

function found(text: string): readonly [filtered: string | undefined, doubt: string | undefined] {
  const bytes = Buffer.from(text);
  const mentions = new ModelMentions(bytes, new ModelFilter(['old']));
  const scanner = new JsonScanner(bytes, 0, mentions, true);
  while (!scanner.step(1000));
  return [mentions.filtered, mentions.doubt];
}

it.each([
  ['{"model":"old"}', 'old'],
  ['{"model":" OLD "}', ' OLD '],
  ['{"model":"new","Model":"a/old","engine":"old:b"}', 'a/old'],
  ['{"a":{"b":[{"model":"old"}]}}', 'old'],
  ['{"models":["new","old"]}', 'old'],
  ['{"model":{"id":"old"}}', 'old'],
  ['{"model":{"name":"old"}}', 'old'],
  ['{"model":{"slug":"old"}}', 'old'],
  ['{"fallbacks":[{"new":["old"]}]}', 'old'],
  ['{"fallbacks":[{"old":["new"]}]}', 'old'],
  ['{"fallbacks":{"what":{"ever":"old"}}}', 'old'],
  ['{"fallbacks":[{"model":"old"}]}', 'old'],
  ['{"fallbacks":[{"model":{"id":"old"},"fallbacks":["new"]}]}', 'old'],
])('a model is mentioned in %s', (text, model) => {
  expect(found(text)).toEqual([model, undefined]);
});

it.each([
  '{"model":"new"}',
  '{"id":"old"}',
  '{"a":"old"}',
  '["old"]',
  '{"old":"model"}',
  '{"model":{"a":"old"}}',
  '{"model":{"a":{"id":"old"}}}',
  '{"messages":[{"model":"old"}]}',
  '{"metadata":{"model":{"id":"old"}}}',
  '{"model":{"content":{"id":"old"}}}',
])('none is in %s', (text) => {
  expect(found(text)).toEqual([undefined, undefined]);
});

it.each([
  ['{"\\x":1}', 'a name at byte 1 is no valid text'],
  ['{"a\\u0000":"old"}', 'a name at byte 1 is no valid text'],
  ['{"a":{"\ufffd":1,"\\x":1}}', 'a name at byte 6 is no valid text'],
  ['{"model":"\\x"}', 'the text at byte 9 is not valid'],
  ['{"model":"old\\u0000"}', 'the text at byte 9 is not valid'],
  ['{"model":["\\x"]}', 'the text at byte 10 is not valid'],
  [`{"model":"${'n'.repeat(4 * 1024 * 1024)}"}`, 'the text at byte 9 is not valid'],
])('what a reader makes of it is in doubt: %.40s', (text, doubt) => {
  expect(found(text)).toEqual([undefined, doubt]);
});

it('what is content is in no doubt', () => {
  expect(found('{"prompt":{"\\x":"\\x"},"a":"\\x"}')).toEqual([undefined, undefined]);
});
