import { expect, it } from 'vitest';
import { PortEnd } from '../../../../lib/runtime/workers/port-end';

function start() {
  const story: string[] = [];
  let closed = (): void => undefined;
  const port = new PortEnd(() => {
    story.push('port closes');
    return new Promise((resolve) => (closed = resolve));
  });
  const ask = (name: string, sharer: object) => port.mayClose(sharer).then(() => story.push(`${name} may`));
  return { port, story, ask, closed: () => closed() };
}

it('those that share a port may close when all have asked or ended, and the port has been closed', async () => {
  const { port, story, ask, closed } = start();
  const [a, b, c] = [{}, {}, {}];
  for (const sharer of [a, b, c]) port.opened(sharer);
  const asked = [ask('b', b), ask('a', a)];
  await Promise.resolve();
  expect(story).toEqual([]);
  port.ended(c);
  await Promise.resolve();
  expect(story).toEqual(['port closes']);
  closed();
  await Promise.all(asked);
  expect(story).toEqual(['port closes', 'b may', 'a may']);
  port.ended(a);
  port.ended(b);
  expect(story).toHaveLength(3);
});

it('the port stays open for those that come when all have ended', async () => {
  const { port, story, ask, closed } = start();
  const [a, b] = [{}, {}];
  port.opened(a);
  port.ended(a);
  expect(story).toEqual([]);
  port.opened(b);
  const asked = ask('b', b);
  closed();
  await asked;
  expect(story).toEqual(['port closes', 'b may']);
});
