import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { ALONE, type Company } from '../../../lib/balancer/limits/company';
import { Pool } from '../../../lib/balancer/pool/pool';
import type { Channel } from '../../../lib/cluster/channel';
import type { Instance } from '../../../lib/cluster/instances';
import { Link } from '../../../lib/cluster/link';
import { MemoryChannel } from '../../../lib/cluster/memory-channel';
import { SharedUses } from '../../../lib/cluster/shared-uses';
import { EventHub } from '../../../lib/runtime/events/event-hub';
import {
  answered,
  keyConfig,
  leaseRequest,
  noEgresses,
  poolConfig,
  SeededRandom,
  settle,
} from '../balancer/support';

const STEP_MS = 10;
const SEEDS = Array.from({ length: 8 }, (_, n) => n + 1);

const instance = (id: string): Instance => ({
  id,
  name: id,
  version: '',
  host: '',
  pid: 1,
  upMs: Date.now(),
  inFlight: 0,
  waiting: 0,
  requestsPerMinute: 0,
  serves: true,
});

/** One instance with a key of that limit, to and from which everything takes its time. */
function join(id: string, channel: Channel, delayMs: () => number, requestsPerMinute: number) {
  const later = async <T>(answer: () => Promise<T>): Promise<T> => {
    await new Promise((resolve) => setTimeout(resolve, delayMs()));
    const given = await answer();
    await new Promise((resolve) => setTimeout(resolve, delayMs()));
    return given;
  };
  const company: { -readonly [name in keyof Company]: Company[name] } = { ...ALONE, self: id };
  const events = new EventHub();
  const limits = { requestsPerMinute };
  const pool = new Pool(poolConfig({ limits, company }), new SeededRandom(), events, noEgresses());
  const uses = new SharedUses({
    pools: new Map([['p', pool]]),
    selfId: id,
    self: id,
    now: Date.now,
    send: (name, make) => link.send(name, make),
  });
  events.add(uses.events);
  const link: Link = new Link({
    channel: {
      append: (parcel) => later(() => channel.append(parcel)),
      read: (position) => later(() => channel.read(position)),
      put: (page) => later(() => channel.put(page)),
      pages: () => later(() => channel.pages()),
      close: (from) => channel.close(from),
    },
    self: id,
    now: Date.now,
    page: () => id,
    onMessage(message, from, ageMs) {
      if (message.kind === 'use') uses.take(message, from, ageMs, from === id);
      if (message.kind === 'asks' && from !== id) uses.tellAll();
    },
    onPages(pages) {
      const ids = pages.map(({ from }) => from);
      company.instances = pages.length + 1;
      uses.live(ids.map(instance));
      company.hearers = [id, ...ids];
    },
    onGap: () => link.send('asks', () => ({ kind: 'asks' })),
    onCaughtUp: () => uses.tellAll(),
    onState({ name }) {
      company.isInTouch = name === 'shared';
      if (company.isInTouch) uses.tellAll();
      else uses.forgetOthers();
    },
    onError: (error) => expect.fail(String(error)),
  });
  company.isCatchingUp = (now) => link.standstill.isCatchingUp(now);
  pool.setKeys([keyConfig('k')], () => undefined);
  link.start();
  let hasBegun = false;
  void link.begun.then(() => (hasBegun = true));
  return {
    link,
    /** One request, answered at once. */
    ask(): boolean {
      if (!hasBegun) return false;
      const leased = pool.lease(leaseRequest(), Date.now());
      if (!leased.ok) return false;
      settle(pool, leased.lease, answered(200), Date.now());
      pool.finish(leased.lease, 'whole', '', Date.now());
      return true;
    },
  };
}

/** `slowMs`: seldom anything takes longer. */
async function served(seed: number, limit: number, slowMs: number): Promise<number> {
  const random = new SeededRandom(seed);
  const channel = new MemoryChannel(Date.now);
  let isSlow = false;
  const delayMs = () => (isSlow && random.next() < 0.1 ? random.next() * slowMs : random.next() * 20);
  const members = ['a', 'b', 'c'].map((id) => join(id, channel, delayMs, limit));
  await vi.advanceTimersByTimeAsync(1_500);
  isSlow = true;
  let count = 0;
  const burst = 1 + random.next() * limit;
  for (let ms = 0; ms < 12_000; ms += STEP_MS) {
    // In the end everything comes soon, and all that is left is used.
    isSlow = ms < 3_000;
    for (const member of members) {
      if (random.next() > 0.05 && isSlow) continue;
      for (let n = random.next() * burst; n > 0; n -= 1) if (member.ask()) count += 1;
    }
    await vi.advanceTimersByTimeAsync(STEP_MS);
  }
  const closed = Promise.all(members.map(({ link }) => link.close()));
  await vi.advanceTimersByTimeAsync(20_000);
  await closed;
  return count;
}

beforeEach(() => {
  const toFake = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] as const;
  vi.useFakeTimers({ toFake: [...toFake], now: 1_700_000_000_000 });
  onTestFinished(() => void vi.useRealTimers());
});

it.each([
  ['a little late', 150],
  ['late', 800],
  ['so late that nobody waits for it', 4_000],
])(
  'a limit of twenty for three is twenty to twenty-two, where some of what they tell comes %s',
  async (_, slowMs) => {
    const counts = [];
    for (const seed of SEEDS) counts.push(await served(seed, 20, slowMs));
    expect(counts.filter((count) => count < 20 || count > 22)).toEqual([]);
  },
);
