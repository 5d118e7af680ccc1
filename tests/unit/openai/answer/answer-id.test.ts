import { expect, it } from 'vitest';
import { answerIdIn } from '../../../../lib/openai/answer/answer-id';

it.each([
  [{ 'x-request-id': 'req_1', 'cf-ray': 'ray' }, 'req_1'],
  [{ 'request-id': 'req_2', 'cf-ray': 'ray' }, 'req_2'],
  [{ 'x-generation-id': 'gen-3' }, 'gen-3'],
  [{ 'cf-ray': '9a5b-FRA' }, '9a5b-FRA'],
  [{}, undefined],
  [{ 'x-request-id': ['a', 'b'] }, undefined],
  [{ 'x-request-id': '' }, undefined],
  [{ 'x-request-id': 'a b<script>' }, undefined],
  [{ 'x-request-id': 'x'.repeat(129) }, undefined],
])('is the first that the provider names, if it is an id: %j', (headers, id) => {
  expect(answerIdIn(headers)).toBe(id);
});
