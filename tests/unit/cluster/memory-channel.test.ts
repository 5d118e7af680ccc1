import { describe, expect, it } from 'vitest';
import { Calls, type Line } from '../../../lib/cluster/calls';
import type { Channel } from '../../../lib/cluster/channel';
import { channelVerbs, IpcChannel } from '../../../lib/cluster/ipc-channel';
import { MemoryChannel } from '../../../lib/cluster/memory-channel';

/** Two ends of a line; what goes over it is text, as between processes. */
function lines(): readonly [Line, Line] {
  const takers: ((message: unknown) => void)[] = [];
  const end = (self: number): Line => ({
    send: (message) =>
      queueMicrotask(() => takers[1 - self]?.(JSON.parse(JSON.stringify(message)) as unknown)),
    onMessage: (take) => (takers[self] = take),
  });
  return [end(0), end(1)];
}

class World {
  now = 0;
  readonly pages: string[] = [];
  readonly hub = new MemoryChannel(() => this.now);

  worker(): IpcChannel {
    const [ours, theirs] = lines();
    new Calls(
      ours,
      channelVerbs(this.hub, (from) => this.pages.push(from)),
    );
    return new IpcChannel(new Calls(theirs, {}));
  }
}

const parcel = (number: number, text = 'x') => ({ from: 'a', number, text });

describe.each([
  ['in memory', (world: World): Channel => world.hub],
  ['over a line', (world: World): Channel => world.worker()],
])('a channel %s', (_, channelOf) => {
  it('gives to each reader what comes after its first look, the sender included, with its age', async () => {
    const world = new World();
    const [a, b] = [channelOf(world), channelOf(world)];
    await a.append(parcel(1));
    const first = await b.read(undefined);
    expect(first.parcels).toEqual([]);
    const waiting = b.read(first.position);
    await a.append(parcel(2));
    const { parcels, position } = await waiting;
    expect(parcels).toEqual([{ ...parcel(2), ageMs: 0 }]);
    await a.append(parcel(3));
    world.now += 40;
    expect((await b.read(position)).parcels).toEqual([{ ...parcel(3), ageMs: 40 }]);
    expect((await a.read(first.position)).parcels.map(({ number }) => number)).toEqual([2, 3]);
  });

  it('forgets a page after 15 s without a word, and at once when its process takes leave', async () => {
    const world = new World();
    const channel = channelOf(world);
    await channel.put({ from: 'a', text: '1' });
    await channel.put({ from: 'b', text: '2' });
    world.now += 15_000;
    expect(await channel.pages()).toHaveLength(2);
    await channel.put({ from: 'b', text: '3' });
    world.now += 1;
    expect(await channel.pages()).toEqual([{ from: 'b', text: '3' }]);
    await channel.close('b');
    expect(await world.hub.pages()).toEqual([]);
  });
});

it('holds so much and no more, and whoever has been too slow sees a jump in the numbers', async () => {
  const world = new World();
  const { position } = await world.hub.read(undefined);
  const text = 'x'.repeat(1_000_000);
  for (let number = 1; number <= 40; number += 1) await world.hub.append(parcel(number, text));
  const { parcels, position: next } = await world.hub.read(position);
  expect(parcels.length).toBeLessThanOrEqual(17);
  expect(parcels.at(-1)?.number).toBe(40);
  expect(parcels[0]?.number).toBeGreaterThan(1);
  await world.hub.append(parcel(41));
  expect((await world.hub.read(next)).parcels.map(({ number }) => number)).toEqual([41]);
});

describe('questions between two processes', () => {
  it('are refused with the reason of the other end, and with one of our own if there is no answer', async () => {
    const [ours, theirs] = lines();
    new Calls(ours, {
      no: () => Promise.reject(new Error('it cannot')),
      never: () => new Promise(() => undefined),
    });
    const calls = new Calls(theirs, {});
    await expect(calls.ask('no')).rejects.toThrow('it cannot');
    await expect(calls.ask('never', undefined, 1)).rejects.toThrow('has not answered within 1 ms');
  });

  it('do not pile up where nobody answers', async () => {
    const calls = new Calls({ send: () => undefined, onMessage: () => undefined }, {});
    const asked = Array.from({ length: 1_001 }, () => calls.ask('x', undefined, 5).catch(String));
    expect(await asked.at(-1)).toBe('Error: the other process does not answer');
    await Promise.all(asked);
  });

  it('end quietly where the line is cut', async () => {
    const cut = () => {
      throw new Error('channel closed');
    };
    const calls = new Calls({ send: cut, onMessage: () => undefined }, {});
    await expect(calls.ask('x')).rejects.toThrow('is gone');
  });
});
