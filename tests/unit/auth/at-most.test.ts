import { expect, it } from 'vitest';
import { atMost } from '../../../lib/auth/at-most';

it('waits for the work, and not for work that hangs', async () => {
  let isDone = false;
  await atMost(
    60_000,
    Promise.resolve().then(() => (isDone = true)),
  );
  expect(isDone).toBe(true);
  await atMost(1, new Promise(() => undefined));
});
