import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApiError } from '../../../lib/client/api-error';
import { asked, liveClock } from '../../../lib/client/asked';
import { followedOf } from '../../../lib/client/followed-query';
import { LiveFollower, follows } from '../../../lib/client/live-follower';

let client: QueryClient;
let failure: Error | undefined;
let stop: () => void;

beforeEach(() => {
  client = new QueryClient();
  failure = undefined;
  const options = {
    queryKey: ['key'],
    queryFn: () =>
      asked(() => (failure === undefined ? Promise.resolve({ status: 'active' }) : Promise.reject(failure))),
    meta: follows(['keys']),
    retry: false,
    staleTime: Infinity,
  };
  stop = new QueryObserver(client, options).subscribe(() => undefined);
});

afterEach(() => {
  stop();
  client.clear();
});

const query = () => client.getQueryCache().findAll()[0] as never;
const followed = () => followedOf(query(), liveClock());
const ask = () => client.refetchQueries({ queryKey: ['key'] });

async function afterFailing(error: Error) {
  await ask();
  failure = error;
  await ask();
  return followed();
}

it.each([404, 410])(
  'what is gone (%d) is followed no more, so the page is live and nothing is asked',
  async (status) => {
    expect(await afterFailing(new ApiError(status, 'not_found', 'There is no such key.'))).toBeUndefined();
    failure = undefined;
    await ask();
    expect(followed()).toMatchObject({ isFailing: false });
  },
);

it('what was never there is not followed either', async () => {
  failure = new ApiError(404, 'not_found', 'There is no such key.');
  await ask();
  expect(followed()).toBeUndefined();
});

it.each([400, 403, 409, 422])('an answer of %d is an answer, and no lost connection', async (status) => {
  const before = liveClock();
  const one = await afterFailing(new ApiError(status, 'refused', 'No.'));
  expect(one?.isFailing).toBe(false);
  expect(one?.askedAt).toBeGreaterThan(before - 50);
});

it('a page whose answers are refused is not stale, however much happens', async () => {
  await afterFailing(new ApiError(400, 'refused', 'No.'));
  let now = liveClock();
  const follower = new LiveFollower({
    now: () => now,
    isVisible: () => true,
    followed: () => [followedOf(query(), now) ?? []].flat(),
    ask: () => undefined,
  });
  follower.streaming(true);
  for (let i = 0; i < 200; i += 1) {
    now += 50;
    follower.check();
  }
  expect(follower.staleSince).toBeUndefined();
});

it.each([
  new ApiError(0, 'unreachable', 'The server does not answer'),
  new ApiError(500, 'internal', 'broken'),
  new ApiError(429, 'too_many_requests', 'later'),
  new TypeError('unexpected'),
])('what may heal is failing: %s', async (error) => {
  expect(await afterFailing(error)).toMatchObject({ isFailing: true });
});
