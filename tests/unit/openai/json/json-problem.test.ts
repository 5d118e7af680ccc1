import { expect, it } from 'vitest';
import { jsonProblem } from '../../../../lib/openai/json/json-problem';

it.each([
  ['}', "unexpected '}'"],
  ['!', "unexpected '!'"],
  ['~', "unexpected '~'"],
  [' ', 'unexpected 0x20'],
  ['\u007f', 'unexpected 0x7f'],
  ['\n', 'unexpected 0x0a'],
  ['é', 'unexpected 0xc3'],
  ['', 'unexpected end'],
])('what is wrong with %j is said in words', (text, problem) => {
  const body = Buffer.from(`[1,${text}`);
  expect(jsonProblem(body, 3)).toBe(`The request body is not valid JSON: ${problem} at byte 3`);
  expect(jsonProblem(body, 3, 'too deep')).toBe('The request body is not valid JSON: too deep at byte 3');
});
