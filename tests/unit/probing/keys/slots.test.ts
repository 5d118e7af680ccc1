import { expect, it } from 'vitest';
import { Slots } from '../../../../lib/probing/keys/slots';

/** Work that says when it begins and ends when the test says so. */
function held(slots: Slots, begun: string[], name: string) {
  let end: (error?: Error) => void = () => undefined;
  const done = slots.use(() => {
    begun.push(name);
    return new Promise<string>((resolve, reject) => {
      end = (error) => (error === undefined ? resolve(name) : reject(error));
    });
  });
  return { done, end: (error?: Error) => end(error) };
}

it('lets only so many in at a time, the others in the order they came', async () => {
  const slots = new Slots(2);
  const begun: string[] = [];
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => held(slots, begun, name));
  expect(begun).toEqual(['a', 'b']);
  b?.end();
  expect(await b?.done).toBe('b');
  expect(begun).toEqual(['a', 'b', 'c']);
  a?.end();
  await a?.done;
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  c?.end();
  d?.end();
  await Promise.all([c?.done, d?.done]);
});

it('has room again after work that failed, and the failure is the caller’s', async () => {
  const slots = new Slots(1);
  const begun: string[] = [];
  const broken = held(slots, begun, 'broken');
  broken.end(new Error('broken'));
  await expect(broken.done).rejects.toThrow('broken');
  const next = held(slots, begun, 'next');
  expect(begun).toEqual(['broken', 'next']);
  next.end();
  expect(await next.done).toBe('next');
});
