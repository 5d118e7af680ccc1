import { expect, it } from 'vitest';
import { createAccess } from '../../../../lib/gateway/request/access';

const used: string[] = [];
const access = createAccess([{ id: 'one', value: 'right-token', hint: 'ri...en' }], (id) => used.push(id));
const check = (headers: Readonly<Record<string, string | undefined>>) =>
  access.check((name) => headers[name]);

it.each([
  { authorization: 'Bearer right-token' },
  { authorization: '  bEARER   right-token ' },
  { 'x-api-key': ' right-token ' },
  { 'api-key': 'right-token' },
  { 'x-goog-api-key': 'right-token' },
  { authorization: 'Bearer wrong', 'x-api-key': 'wrong', 'api-key': 'right-token' },
])('a token lets its sender in wherever it is sent, and its use is told: %j', (headers) => {
  used.length = 0;
  expect(check(headers)).toMatchObject({ ok: true, tokenHint: 'ri...en' });
  expect(used).toEqual(['one']);
});

it.each([
  [{}, 0],
  [{ authorization: 'Bearer ' }, 0],
  [{ authorization: 'right-token' }, 0],
  [{ authorization: 'Basic right-token' }, 0],
  [{ authorization: 'Bearer RIGHT-TOKEN' }, 1],
  [{ authorization: 'Bearer a', 'x-api-key': 'b', 'api-key': 'c' }, 3],
])('nobody else comes in, and each guess counts: %j', (headers, wrongTokens) => {
  expect(check(headers)).toEqual({ ok: false, wrongTokens });
});

it.each([
  ['?key=right-token', true],
  ['?a=1&key=right%2Dtoken&b', true],
  ['?api-version=2025-04-01-preview&deployment=gpt-realtime&api-key=right-token', true],
  ['?Authorization=Bearer+right-token', true],
  ['?Authorization=Bearer%20right-token', true],
  ['?Authorization=right-token', false],
  ['?key=wrong', false],
  ['?monkey=right-token', false],
  ['?key=', false],
  ['', false],
])('in the query only some parameters let their sender in: %s', (query, isIn) => {
  expect(access.check(() => undefined, query).ok).toBe(isIn);
});
