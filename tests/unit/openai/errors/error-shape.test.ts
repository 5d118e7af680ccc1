import { expect, it } from 'vitest';
import { isEmpty, readsAsError } from '../../../../lib/openai/errors/error-shape';
import { statusOf } from '../../../../lib/openai/errors/error-status';

it('empty is what says nothing', () => {
  for (const value of [undefined, null, '', [], {}]) expect(isEmpty(value)).toBe(true);
  for (const value of [0, false, ' ', [0], { a: 0 }]) expect(isEmpty(value)).toBe(false);
});

it.each<[unknown]>([
  [{ error: 'x' }],
  [{ error: { code: 1 } }],
  [{ error: {} }],
  [{ error: {}, choices: [] }],
  [{ error: 'x', choices: [{}] }],
  [[{ error: 'x' }]],
  [{ type: 'error' }],
  [{ type: 'error', data: [1] }],
  [{ type: 'response.failed' }],
  [{ object: 'error' }],
  [{ base_resp: { status_code: 1 }, data: [1] }],
  [{ choices: [{}, { finish_reason: 'error' }] }],
  [{ message: 'm', code: 1 }],
  [{ msg: 'm', code: 'X' }],
  [{ error_msg: 'm', error_code: 5 }],
  [{ errorMessage: 'm', errorCode: 5 }],
  [{ errmsg: 'm', errcode: 5 }],
  [{ message: 'm', status: 500 }],
  [{ message: 'm', status: '401' }],
  [{ message: 'm', success: false }],
  [{ detail: 'x' }],
  [{ detail: [1] }],
  [{ message: '', detail: 'x' }],
  [{ errors: [1] }],
  [{ Response: { Error: { Code: 1 } } }],
])('%j is an error', (value) => {
  expect(readsAsError(value)).toBe(true);
});

it.each<[unknown]>([
  [{ error: {}, choices: [{}] }],
  [{ error: null }],
  [{ error: '' }],
  [{ type: 'x', object: 'x' }],
  [{ base_resp: { status_code: 0 } }],
  [{ base_resp: { status_code: '1' } }],
  [{ base_resp: 5 }],
  [{ choices: [null, 1, { finish_reason: 'stop' }] }],
  [{ choices: 'error' }],
  [{ message: 'm' }],
  [{ message: 'm', code: 0 }],
  [{ message: 'm', code: 200 }],
  [{ message: 'm', code: '' }],
  [{ message: 'm', code: 'OK' }],
  [{ message: 'm', code: 'Success' }],
  [{ message: 'm', code: null }],
  [{ message: 'm', code: {} }],
  [{ message: 'm', success: true }],
  [{ message: 'm', status: 'completed' }],
  [{ message: 'm', status: '1234' }],
  [{ message: 'm', status: '0123' }],
  [{ message: 'm', status: ['500'] }],
  [{ message: '', success: false }],
  [{ message: 5, success: false }],
  [{ success: false }],
  [{ detail: '' }],
  [{ detail: [] }],
  [{ detail: { a: 1 } }],
  [{ detail: 5 }],
  [{ errors: [] }],
  [{ Response: {} }],
  [{ Response: { Error: {} } }],
  [{ Response: 'x' }],
  [{ data: [1], message: 'm', code: 5 }],
  [{ text: 'x', detail: 'x' }],
  [[]],
  [[[{ error: 'x' }]]],
  ['error'],
  [null],
  [17],
])('%j is none', (value) => {
  expect(readsAsError(value)).toBe(false);
});

it.each<[unknown[], number | undefined]>([
  [[404], 404],
  [['404'], 404],
  [[400], 400],
  [[599], 599],
  [['599'], 599],
  [[399, '399', 600, '600', 0, -404], undefined],
  [['x404', '404x', '4040', ' 404', 404.5], undefined],
  [[[404], { a: 404 }, true, null, undefined], undefined],
  [['invalid_api_key', 500], 500],
  [[200, 'NOT_FOUND'], 404],
  [['unknown', 'overloaded_error', 'not_found'], 529],
  [[], undefined],
])('the status of %j is %s', (parts, status) => {
  expect(statusOf(parts)).toBe(status);
});
