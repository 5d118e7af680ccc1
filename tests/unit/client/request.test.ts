import { expect, test } from 'vitest';
import { ApiError, codeOf, errorOf } from '../../../lib/client/api-error';
import { adminUrl } from '../../../lib/client/request';
import { readSignIn } from '../../../lib/client/session';

test('an address is filled in and leaves empty values out', () => {
  expect(adminUrl('/keys/{id}', { params: { id: 'a/b?' }, query: { range: '1h', model: '', n: 0 } })).toBe(
    '/api/admin/keys/a%2Fb%3F?range=1h&n=0',
  );
});

test('an error keeps its code and the fields it is about', async () => {
  const body = { error: { code: 'invalid_input', message: 'no', fields: { name: 'must not be empty' } } };
  const error = await errorOf(Response.json(body, { status: 400 }));
  expect(error).toMatchObject({ status: 400, code: 'invalid_input', fields: { name: 'must not be empty' } });
});

test('an answer that is not ours is an error of its status', async () => {
  const error = await errorOf(new Response('<html>Bad gateway</html>', { status: 502 }));
  expect(error.code).toBe('http_502');
  expect(codeOf(error)).toBe('http_502');
  expect(codeOf(new TypeError('x'))).toBe('unexpected');
  expect(new ApiError(0, 'unreachable', 'm').fields).toEqual({});
});

test('signing in tells a wrong token from a wait', () => {
  expect(readSignIn(200, '/')).toEqual({ kind: 'in' });
  expect(readSignIn(401, 'http://h/login?error=CredentialsSignin')).toEqual({ kind: 'wrong' });
  expect(readSignIn(401, 'http://h/login?error=locked%3A37')).toEqual({ kind: 'locked', waitSeconds: 37 });
});
