import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { Channel } from '../../../lib/cluster/channel';
import { Link } from '../../../lib/cluster/link';
import { MemoryChannel } from '../../../lib/cluster/memory-channel';
import type { Message } from '../../../lib/cluster/messages';

const VERBS = ['append', 'read', 'put', 'pages'] as const;
type Verb = (typeof VERBS)[number];

const failing: Message = { kind: 'provider_failing', provider: 'p' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** Without a position a reader only asks where the end is: that may be allowed where reading is not. */
function join(channel: MemoryChannel, refused: ReadonlySet<Verb>, name: string) {
  const states: string[] = [];
  const heard: Message[] = [];
  const allowed = async <T>(verb: Verb, work: () => Promise<T>): Promise<T> => {
    if (refused.has(verb)) throw new Error(`${verb} is refused`);
    return work();
  };
  const partly: Channel = {
    append: (parcel) => allowed('append', () => channel.append(parcel)),
    read: (position) =>
      position === undefined ? channel.read(position) : allowed('read', () => channel.read(position)),
    put: (page) => allowed('put', () => channel.put(page)),
    pages: () => allowed('pages', () => channel.pages()),
    close: (from) => channel.close(from),
  };
  const link: Link = new Link({
    channel: partly,
    self: name,
    now: Date.now,
    page: () => name,
    onMessage: (message, from) => void (from === name || heard.push(message)),
    onPages: () => undefined,
    onGap: () => link.send('asks', () => ({ kind: 'asks' })),
    onCaughtUp: () => undefined,
    onState: (state) => void states.push(state.name === 'local' ? state.reason : state.name),
    onError: (error) => expect.fail(String(error)),
  });
  link.start();
  onTestFinished(() => link.close());
  return { link, states, heard };
}

it.each(VERBS)(
  'where %s alone is refused it goes on alone, says so once, and is back within 2 s of the permission',
  async (verb) => {
    const channel = new MemoryChannel(Date.now);
    const refused = new Set<Verb>();
    const partly = join(channel, refused, 'a');
    const other = join(channel, new Set(), 'b');
    await vi.advanceTimersByTimeAsync(1_500);
    expect([partly.states, other.states]).toEqual([['shared'], ['shared']]);

    refused.add(verb);
    for (let ms = 0; ms < 20_000; ms += 100) {
      partly.link.send('x', () => failing);
      await vi.advanceTimersByTimeAsync(100);
      if (ms > 2_000) expect(partly.link.state.name).toBe('local');
    }
    expect(partly.states).toEqual(['shared', `${verb} is refused`]);
    expect(other.states).toEqual(['shared']);

    refused.clear();
    await vi.advanceTimersByTimeAsync(1_900);
    expect(partly.states).toEqual(['shared', `${verb} is refused`, 'shared']);
    other.heard.length = 0;
    partly.link.send('x', () => failing);
    await vi.advanceTimersByTimeAsync(100);
    expect(other.heard).toContainEqual(failing);
  },
);

it.each(VERBS)('begins alone where %s alone is refused', async (verb) => {
  const refused = new Set<Verb>([verb]);
  const { states } = join(new MemoryChannel(Date.now), refused, 'a');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(states).toEqual([`${verb} is refused`]);
  refused.clear();
  await vi.advanceTimersByTimeAsync(1_900);
  expect(states).toEqual([`${verb} is refused`, 'shared']);
});
