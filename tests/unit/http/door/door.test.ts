import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { Door } from '../../../../lib/http/door/door';

const door = new Door({ refusalOf: () => Promise.resolve(undefined), onBug: () => undefined });

/** The status of the refusal, or undefined if the request was admitted. */
function refusedWith(url: string): number | undefined {
  const req = Object.assign(new IncomingMessage(new Socket()), { url, method: 'GET' });
  const res = new ServerResponse(req);
  let isAdmitted = false;
  door.handle(req, res, () => void (isAdmitted = true));
  return isAdmitted ? undefined : res.statusCode;
}

it.each(['callbackUrl=%ff', 'callbackUrl=%E2%82%AC', 'error=%00', 'error=%0d%0a', 'x=%'])(
  'a query that signing in cannot carry on is refused: %s',
  (query) => expect(refusedWith(`/api/auth/session?${query}`)).toBe(400),
);

it.each(['callbackUrl=%2Fkeys%3Fq%3D%25C3%25A9', 'csrf=true&a=b+c', ''])(
  'a query that it can carry on is not: %s',
  (query) => expect(refusedWith(`/api/auth/session?${query}`)).toBeUndefined(),
);
