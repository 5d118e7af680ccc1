import { expect, it, onTestFinished, vi } from 'vitest';
import { Link } from '../../../lib/cluster/link';
import { MemoryChannel } from '../../../lib/cluster/memory-channel';
import { waitFor } from '../../support/wait-for';

it('whoever joins is known to the others as soon as it is heard, without waiting for the next round', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const channel = new MemoryChannel(() => 0);
  function join(name: string) {
    const others = new Set<string>();
    const link: Link = new Link({
      channel,
      self: name,
      now: () => 0,
      page: () => name,
      onMessage: () => undefined,
      onPages: (pages) => pages.forEach(({ from }) => others.add(from)),
      onGap: () => link.send('asks', () => ({ kind: 'asks' })),
      onCaughtUp: () => undefined,
      onState: () => undefined,
      onError: (error) => expect.fail(String(error)),
    });
    link.start();
    onTestFinished(() => link.close());
    return { link, others };
  }
  const first = join('a');
  await waitFor(() => first.link.state.name === 'shared', { what: 'the first to be in touch' });
  const second = join('b');
  const isKnown = async () => {
    // What was sent leaves with a timer; the next round is a second away.
    await vi.advanceTimersByTimeAsync(0);
    return first.others.has('b') && second.others.has('a');
  };
  await waitFor(isKnown, { what: 'both to know of each other' });
});
