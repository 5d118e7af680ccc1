import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { Channel } from '../../../lib/cluster/channel';
import { Link } from '../../../lib/cluster/link';
import { MemoryChannel } from '../../../lib/cluster/memory-channel';
import type { Message } from '../../../lib/cluster/messages';

const STOOD_STILL_MS = 2_000;

let channel: MemoryChannel;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  channel = new MemoryChannel(Date.now);
});

/** Nothing that was asked is answered while it `isStill`; `fails`: what was, is answered with an error at the end. */
class Gate {
  #still: { readonly promise: Promise<void>; readonly end: () => void } | undefined;
  error: Error | undefined;

  close(): void {
    let end = (): void => undefined;
    const promise = new Promise<void>((resolve) => (end = resolve));
    this.#still = { promise, end };
  }

  open(): void {
    this.#still?.end();
    this.#still = undefined;
  }

  async pass<T>(answer: Promise<T>): Promise<T> {
    const still = this.#still;
    const given = await answer;
    await (this.#still ?? still)?.promise;
    if (this.error !== undefined) throw this.error;
    return given;
  }
}

function join(name: string) {
  const gate = new Gate();
  const log: string[] = [];
  let behindMs = 0;
  const gated: Channel = {
    append: (parcel) => gate.pass(channel.append(parcel)),
    read: (position) => gate.pass(channel.read(position)),
    put: (page) => gate.pass(channel.put(page)),
    pages: () => gate.pass(channel.pages()),
    close: (from) => channel.close(from),
  };
  const link: Link = new Link({
    channel: gated,
    self: name,
    now: () => Date.now() + behindMs,
    page: () => name,
    onMessage: (message, from) => {
      if (from !== name) log.push(message.kind);
    },
    onPages: () => undefined,
    onGap: () => undefined,
    onCaughtUp: () => void log.push('caught up'),
    onState: (state) => void log.push(state.name === 'local' ? `${state.name}: ${state.reason}` : state.name),
    onError: (error) => expect.fail(String(error)),
  });
  link.start();
  onTestFinished(() => {
    gate.error = undefined;
    gate.open();
    return link.close();
  });
  return {
    link,
    log,
    gate,
    isCatchingUp: () => link.standstill.isCatchingUp(Date.now() + behindMs),
    /** As when the machine has been paused: time has gone on, and none of its timers has come. */
    standStill: () => (behindMs += STOOD_STILL_MS),
  };
}

const failing: Message = { kind: 'provider_failing', provider: 'p' };

async function two() {
  const [told, paused] = [join('a'), join('b')];
  await vi.advanceTimersByTimeAsync(1_500);
  expect([told.log, paused.log]).toEqual([['shared'], ['shared']]);
  paused.log.length = 0;
  return { told, paused };
}

it('nobody is catching up who has gone on all the time, however little happens', async () => {
  const { paused } = await two();
  for (let ms = 0; ms < 20_000; ms += 50) {
    await vi.advanceTimersByTimeAsync(50);
    expect(paused.isCatchingUp()).toBe(false);
  }
  expect(paused.log).toEqual([]);
});

it('whoever has stood still is catching up at once, until what was said meanwhile has been heard', async () => {
  const { told, paused } = await two();
  paused.gate.close();
  told.link.send('x', () => failing);
  await vi.advanceTimersByTimeAsync(100);
  paused.standStill();
  expect(paused.isCatchingUp()).toBe(true);
  await vi.advanceTimersByTimeAsync(500);
  expect([paused.isCatchingUp(), paused.log]).toEqual([true, []]);
  paused.gate.open();
  await vi.advanceTimersByTimeAsync(100);
  expect([paused.isCatchingUp(), paused.log]).toEqual([false, ['provider_failing', 'caught up']]);
});

it('what has failed while it stood still is asked anew from the same place, and nothing is said of it', async () => {
  const { told, paused } = await two();
  paused.gate.close();
  told.link.send('x', () => failing);
  await vi.advanceTimersByTimeAsync(100);
  paused.standStill();
  paused.gate.error = new Error('Command timed out');
  paused.gate.open();
  await vi.advanceTimersByTimeAsync(400);
  expect([paused.isCatchingUp(), paused.log]).toEqual([true, []]);
  paused.gate.error = undefined;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([paused.isCatchingUp(), paused.log]).toEqual([false, ['provider_failing', 'caught up']]);
});

it('who hears nothing for three seconds after a standstill is out of touch', async () => {
  const { paused } = await two();
  paused.gate.close();
  paused.standStill();
  expect(paused.isCatchingUp()).toBe(true);
  paused.gate.error = new Error('Connection is closed.');
  paused.gate.open();
  await vi.advanceTimersByTimeAsync(2_900);
  expect([paused.isCatchingUp(), paused.log]).toEqual([true, []]);
  await vi.advanceTimersByTimeAsync(400);
  expect([paused.isCatchingUp(), paused.log]).toEqual([false, ['local: Connection is closed.']]);
  paused.gate.error = undefined;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(paused.log).toEqual(['local: Connection is closed.', 'shared']);
});

it('who is out of touch when it stands still keeps to what it may take alone', async () => {
  const { paused } = await two();
  paused.gate.error = new Error('Connection is closed.');
  await vi.advanceTimersByTimeAsync(2_000);
  paused.standStill();
  expect([paused.isCatchingUp(), paused.log]).toEqual([false, ['local: Connection is closed.']]);
});
