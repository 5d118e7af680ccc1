import { beforeEach, describe, expect, test } from 'vitest';
import { LiveConnection, type EventStream, type LiveState } from '../../../lib/client/live-connection';

type Listener = (event: { readonly data?: unknown }) => void;

class FakeStream implements EventStream {
  readonly listeners = new Map<string, Listener>();
  isClosed = false;

  addEventListener(name: string, listener: Listener): void {
    this.listeners.set(name, listener);
  }

  close(): void {
    this.isClosed = true;
  }

  send(name: string, data: unknown): void {
    this.listeners.get(name)?.({ data: JSON.stringify(data) });
  }

  break(): void {
    this.listeners.get('error')?.({});
  }
}

/** Time that stands still until it is moved. */
class FakeTime {
  now = 0;
  #timers: { at: number; work: () => void }[] = [];

  after = (ms: number, work: () => void) => {
    const timer = { at: this.now + ms, work };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((one) => one !== timer));
  };

  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.now = next.at;
      next.work();
    }
    this.now = until;
  }
}

let time: FakeTime;
let streams: FakeStream[];
let states: LiveState[];
let events: [string, unknown][];
let breaks: number;
let connection: LiveConnection;

const latest = () => streams.at(-1) as FakeStream;

beforeEach(() => {
  time = new FakeTime();
  streams = [];
  states = [];
  events = [];
  breaks = 0;
  connection = new LiveConnection(['snapshot', 'rates'], {
    open: () => {
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    },
    now: () => time.now,
    random: () => 0.5,
    after: time.after,
    onEvent: (name, data) => events.push([name, data]),
    onState: (state) => states.push(state),
    onBreak: () => (breaks += 1),
  });
  connection.start();
});

test('is live from the first event on, and hands every event on', () => {
  latest().send('snapshot', { at: 1 });
  latest().send('rates', { inFlight: 2 });
  expect(states).toEqual([{ kind: 'live' }]);
  expect(events).toEqual([
    ['snapshot', { at: 1 }],
    ['rates', { inFlight: 2 }],
  ]);
});

describe('after a break', () => {
  beforeEach(() => latest().send('snapshot', {}));

  test('says since when it is stale, and comes back by itself', () => {
    time.pass(1_000);
    latest().break();
    expect(states.at(-1)).toEqual({ kind: 'stale', since: 1_000 });
    expect(breaks).toBe(1);
    time.pass(500);
    expect(streams).toHaveLength(2);
    latest().send('snapshot', {});
    expect(states.at(-1)).toEqual({ kind: 'live' });
  });

  test('waits longer each time, up to a limit, and keeps the time of the first break', () => {
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const before = time.now;
      latest().break();
      const count = streams.length;
      while (streams.length === count) time.pass(100);
      waits.push(time.now - before);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    expect(states.filter(({ kind }) => kind === 'stale')).toEqual([{ kind: 'stale', since: 0 }]);
  });

  test('comes back at once when it is told that things have changed', () => {
    latest().break();
    connection.retryNow();
    expect(streams).toHaveLength(2);
    expect(streams[0]?.isClosed).toBe(true);
  });

  test('takes nothing more from the broken stream', () => {
    const [first] = streams;
    first?.break();
    first?.send('rates', { inFlight: 9 });
    expect(events).toHaveLength(1);
  });
});

test('silence counts as a break', () => {
  latest().send('snapshot', {});
  time.pass(7_999);
  expect(streams[0]?.isClosed).toBe(false);
  time.pass(1);
  expect(states.at(-1)?.kind).toBe('stale');
});

test('a hidden page gives its connection back, asks for none, and gets a new one when it is shown', () => {
  latest().send('snapshot', {});
  connection.pause();
  connection.pause();
  expect(latest().isClosed).toBe(true);
  connection.retryNow();
  time.pass(60_000);
  expect([streams.length, breaks, states.at(-1)?.kind]).toEqual([1, 0, 'connecting']);
  connection.resume();
  connection.resume();
  expect(streams).toHaveLength(2);
  latest().send('snapshot', {});
  expect(states.at(-1)?.kind).toBe('live');
});

test('a page that was closed while hidden stays closed', () => {
  connection.pause();
  connection.close();
  connection.resume();
  expect(streams).toHaveLength(1);
});

test('a closed connection never opens again', () => {
  latest().break();
  connection.close();
  time.pass(100_000);
  expect(streams).toHaveLength(1);
  expect(latest().isClosed).toBe(true);
});
