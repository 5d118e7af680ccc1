import { expect, it } from 'vitest';
import { PortEnd } from '../../../../lib/runtime/workers/port-end';

it('the last of those that share a port closes it when all others have closed it or ended', async () => {
  const port = new PortEnd();
  const [a, b, c] = [{}, {}, {}];
  for (const sharer of [a, b, c]) port.opened(sharer);
  await port.mayClose(b);
  await port.mayClose(a);
  let mayClose = false;
  const last = port.mayClose(c).then(() => (mayClose = true));
  port.closed(a);
  await Promise.resolve();
  expect(mayClose).toBe(false);
  port.closed(b);
  await last;
});

it('one that is alone waits for nobody', async () => {
  const port = new PortEnd();
  const [a, b] = [{}, {}];
  port.opened(a);
  port.opened(b);
  port.closed(b);
  await expect(port.mayClose(a)).resolves.toBeUndefined();
});
