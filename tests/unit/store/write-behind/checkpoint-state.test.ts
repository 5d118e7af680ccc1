import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountOf, newKeyState, type KeyState } from '../../../../lib/balancer/pool/key-state';
import { StateWriter } from '../../../../lib/store/write-behind/checkpoint-state';
import type { KeyStateChange } from '../../../../lib/store/rows';

const NOW = Date.UTC(2026, 0, 1);

let saved: KeyStateChange[][];
let receipts: (string | undefined)[];
let errors: unknown[];
/** What the database does with the next writes; afterwards it takes them. */
let obstacles: (() => Promise<void>)[];
let writer: StateWriter;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  saved = [];
  receipts = [];
  errors = [];
  obstacles = [];
  const keys = {
    async saveStates(rows: readonly KeyStateChange[], receipt?: string) {
      receipts.push(receipt);
      await obstacles.shift()?.();
      saved.push([...rows]);
    },
  };
  writer = new StateWriter(keys, { now: () => NOW, wallOf: (at) => at }, (error) => void errors.push(error));
});

afterEach(async () => {
  await writer.close();
  vi.useRealTimers();
});

const key = (keyId: string): KeyState =>
  newKeyState({ keyId, secret: `sk-${keyId}`, hint: '...', weight: 1 });
function used(keyId: string): KeyState {
  const state = key(keyId);
  state.requestCount += 1;
  return state;
}
const refuse = () => Promise.reject(new Error('locked'));
const savedIds = () => saved.map((rows) => rows.map(({ keyId }) => keyId));

describe('what a restart must not lose', () => {
  it.each(['rested', 'penalised', 'disabled', 'recovered', 'forgiven', 'reset', 'enabled'] as const)(
    'is written within a second: %s',
    async (change) => {
      writer.note(key('a'), change);
      expect(saved).toEqual([]);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(savedIds()).toEqual([['a']]);
    },
  );

  it('is written as it is at the moment of writing, once for many changes', async () => {
    const state = key('a');
    writer.note(state, 'penalised');
    state.failures = 1;
    writer.note(state, 'penalised');
    state.failures = 2;
    state.disabled = { by: 'auto', reason: 'revoked' };
    writer.note(state, 'disabled');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved).toEqual([
      [
        {
          keyId: 'a',
          epoch: 0,
          disabled: { by: 'auto', reason: 'revoked' },
          failures: 2,
          cooldowns: { cooldownUntil: null, modelCooldowns: {} },
        },
      ],
    ]);
  });

  it('holds cooldowns that last, and none that are over', async () => {
    const state = key('a');
    state.cooldown.until = NOW + 5;
    state.modelCooldowns = new Map([
      ['over', { until: NOW - 1, inARow: 1, probe: undefined }],
      ['lasting', { until: NOW + 9_000, inARow: 1, probe: undefined }],
    ]);
    writer.note(state, 'rested');
    await writer.flush();
    expect(saved).toEqual([
      [
        {
          keyId: 'a',
          epoch: 0,
          cooldowns: { cooldownUntil: NOW + 5, modelCooldowns: { lasting: NOW + 9_000 } },
        },
      ],
    ]);
  });
});

/** As something that its account uses of its limits does. */
function name(state: KeyState, account: string): void {
  const own = accountOf(state);
  own.name = account;
  own.usesChanged();
}

function usesOf(account: string): string {
  return JSON.stringify({ at: NOW, name: account });
}

describe('what a key used of its limits', () => {
  it('is written within a second, without the counters, which can wait', async () => {
    const state = used('a');
    name(state, 'u1');
    writer.note(state, 'used');
    name(state, 'u2');
    writer.note(state, 'used');
    expect(saved).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved).toEqual([[{ keyId: 'a', uses: usesOf('u2') }]]);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(saved.slice(1)).toMatchObject([[{ keyId: 'a', counts: { requests: 1 } }]]);
    expect(saved[1]?.[0]).not.toHaveProperty('uses');
  });

  it('is written at once after a quiet time, and what comes right behind it in a moment', async () => {
    const state = key('a');
    const use = (account: string) => {
      name(state, account);
      writer.note(state, 'used');
    };
    use('u1');
    await vi.advanceTimersByTimeAsync(1);
    expect(saved).toEqual([[{ keyId: 'a', uses: usesOf('u1') }]]);
    for (const account of ['u2', 'u3']) {
      use(account);
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(saved).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10);
    expect(saved.slice(1)).toEqual([[{ keyId: 'a', uses: usesOf('u3') }]]);
    await vi.advanceTimersByTimeAsync(5_000);
    use('u4');
    await vi.advanceTimersByTimeAsync(1);
    expect(saved.slice(2)).toEqual([[{ keyId: 'a', uses: usesOf('u4') }]]);
  });

  it('is written once a second under traffic, but for the first moments', async () => {
    const state = key('a');
    const writesAt: number[] = [];
    for (let at = 0; at < 20_000; at += 10) {
      name(state, `u${at}`);
      writer.note(state, 'used');
      await vi.advanceTimersByTimeAsync(10);
      while (writesAt.length < saved.length) writesAt.push(at + 10);
    }
    const inFirstSecond = writesAt.filter((at) => at <= 1_000).length;
    expect(inFirstSecond).toBeLessThanOrEqual(9);
    expect(writesAt.length).toBeLessThanOrEqual(inFirstSecond + 19);
  });

  it('is tried again no sooner than other things where the write has failed', async () => {
    const state = key('a');
    obstacles.push(refuse);
    name(state, 'u');
    writer.note(state, 'used');
    await vi.advanceTimersByTimeAsync(1);
    expect(errors).toHaveLength(1);
    writer.note(state, 'used');
    await vi.advanceTimersByTimeAsync(900);
    expect(saved).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(saved).toHaveLength(1);
  });

  it('goes along with whatever else happened to the key', async () => {
    const state = used('a');
    name(state, 'u');
    writer.note(state, 'rested');
    await writer.flush();
    expect(saved).toMatchObject([[{ keyId: 'a', uses: usesOf('u'), counts: { requests: 1 } }]]);
  });

  it('is not written again while it stays as it was', async () => {
    const state = used('a');
    name(state, 'u');
    writer.note(state, 'used');
    await writer.flush();
    state.requestCount += 1;
    writer.note(state, 'used');
    await writer.flush();
    expect(saved[1]).toMatchObject([{ counts: { requests: 1 } }]);
    expect(saved[1]?.[0]).not.toHaveProperty('uses');
  });

  it('never makes a person’s word of what the program noted', async () => {
    const state = used('a');
    state.disabled = { by: 'manual', reason: 'mine' };
    name(state, 'u');
    writer.note(state, 'used');
    await writer.flush();
    expect(saved[0]?.[0]).toMatchObject({ keyId: 'a', uses: usesOf('u') });
    expect(saved[0]?.[0]).not.toHaveProperty('disabled');
  });

  it('is repeated as it was after a write that failed', async () => {
    const state = key('a');
    obstacles.push(refuse);
    name(state, 'u1');
    writer.note(state, 'used');
    await writer.flush();
    name(state, 'u2');
    writer.note(state, 'used');
    await writer.flush();
    expect(saved).toEqual([[{ keyId: 'a', uses: usesOf('u1') }], [{ keyId: 'a', uses: usesOf('u2') }]]);
  });
});

it('mere counters are written every fifteen seconds, each key once', async () => {
  const [a, b] = [key('a'), key('b')];
  for (let second = 0; second < 14; second += 1) {
    a.requestCount += 1;
    b.errorCount += 2;
    writer.note(a, 'used');
    writer.note(b, 'used');
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(saved).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saved).toMatchObject([
    [
      { keyId: 'a', counts: { requests: 14, errors: 0 } },
      { keyId: 'b', counts: { requests: 0, errors: 28 } },
    ],
  ]);
});

describe('what others may have set', () => {
  it('is not touched by counters: they say what is to be added, and nothing of the state', async () => {
    const state = newKeyState(
      { keyId: 'a', secret: 's', hint: '...', weight: 1 },
      {
        disabled: undefined,
        failures: 1,
        cooldownUntil: 0,
        modelCooldowns: {},
        requestCount: 1_000,
        errorCount: 50,
        lastUsedAt: undefined,
        lastErrorAt: undefined,
        lastErrorStatus: undefined,
      },
    );
    state.requestCount += 3;
    state.lastUsedAt = NOW;
    writer.note(state, 'used');
    await writer.flush();
    state.requestCount += 2;
    writer.note(state, 'used');
    await writer.flush();
    await writer.flush();
    const counts = { errors: 0, lastUsedAt: NOW, lastErrorAt: null, lastErrorStatus: null };
    expect(saved).toEqual([
      [{ keyId: 'a', counts: { requests: 3, ...counts } }],
      [{ keyId: 'a', counts: { requests: 2, ...counts } }],
    ]);
  });

  it.each([
    ['rested', ['cooldowns']],
    ['penalised', ['failures', 'cooldowns']],
    ['enabled', ['disabled', 'failures']],
    ['reset', ['disabled', 'failures', 'cooldowns', 'isEased']],
  ] as const)('is not touched by a change that does not speak of it: %s', async (change, fields) => {
    const state = key('a');
    // It was out when it was loaded, and is not any more.
    state.writtenDisabled = { by: 'auto', reason: 'revoked' };
    writer.note(state, change);
    await writer.flush();
    expect(saved.flat().map(Object.keys)).toEqual([['keyId', 'epoch', ...fields]]);
  });

  it('is not said again of a key that is in or out as it was when it was last written', async () => {
    const state = key('a');
    writer.note(state, 'recovered');
    await writer.flush();
    state.disabled = { by: 'auto', reason: 'revoked' };
    writer.note(state, 'disabled');
    await writer.flush();
    writer.note(state, 'disabled');
    await writer.flush();
    state.disabled = undefined;
    writer.note(state, 'recovered');
    await writer.flush();
    const said = saved.flat().map((change) => ('disabled' in change ? change.disabled : 'nothing'));
    expect(said).toEqual(['nothing', { by: 'auto', reason: 'revoked' }, 'nothing', null]);
  });

  it('is nothing that another instance found out', async () => {
    const state = key('a');
    state.disabled = { by: 'auto', reason: 'revoked' };
    writer.note(state, 'adopted');
    await writer.close();
    expect(saved).toEqual([]);
  });

  it('is written sooner where others have to know that a key is out', async () => {
    const state = key('a');
    state.disabled = { by: 'auto', reason: 'revoked' };
    writer.note(state, 'disabled');
    await vi.advanceTimersByTimeAsync(250);
    expect(savedIds()).toEqual([['a']]);
  });

  it('is nothing that a person says: whoever takes that has written it', async () => {
    const [own, mine] = [key('own'), key('mine')];
    own.disabled = { by: 'auto', reason: 'revoked' };
    mine.disabled = { by: 'manual', reason: 'disabled by a person' };
    for (const state of [own, mine]) writer.note(state, 'disabled');
    await writer.flush();
    expect(saved.flat().map(({ isByPerson }) => isByPerson)).toEqual([undefined, undefined]);
  });

  it('comes with the last word of a person that it was seen after', async () => {
    const state = key('a');
    state.epoch = 4;
    writer.note(state, 'penalised');
    await writer.flush();
    expect(saved).toMatchObject([[{ keyId: 'a', epoch: 4 }]]);
  });

  it('is nothing that was learnt from another instance, and nothing that was noted before it', async () => {
    const state = used('a');
    name(state, 'u');
    writer.note(state, 'penalised');
    writer.note(state, 'learnt');
    writer.note(key('b'), 'learnt');
    await writer.flush();
    expect(saved).toMatchObject([
      [
        { keyId: 'a', uses: usesOf('u') },
        { keyId: 'a', counts: { requests: 1 } },
      ],
    ]);
    state.requestCount += 1;
    writer.note(state, 'used');
    await writer.flush();
    expect(saved[1]).toMatchObject([{ keyId: 'a', counts: { requests: 1 } }]);
  });
});

it('writes nothing when nothing has changed', async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  await writer.flush();
  expect(saved).toEqual([]);
});

describe('a write that fails', () => {
  it('is reported and repeated, with what is new, until it succeeds', async () => {
    obstacles = [refuse, refuse];
    writer.note(key('a'), 'disabled');
    await vi.advanceTimersByTimeAsync(1_000);
    writer.note(key('b'), 'disabled');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved).toEqual([]);
    expect(errors).toMatchObject([{ message: 'locked' }, { message: 'locked' }]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(savedIds()).toEqual([['a'], ['b']]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(saved).toHaveLength(2);
  });

  it('never replaces a newer state of a key that changed meanwhile', async () => {
    const [old, fresh] = [key('a'), key('a')];
    old.failures = 1;
    fresh.failures = 2;
    obstacles = [
      async () => {
        // A key that was removed and added again has a new state under the old id.
        writer.note(fresh, 'penalised');
        return refuse();
      },
    ];
    writer.note(old, 'penalised');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(saved.at(-1)).toMatchObject([{ keyId: 'a', failures: 2 }]);
  });

  it('loses no counters either', async () => {
    obstacles = [refuse];
    writer.note(used('a'), 'used');
    await writer.flush();
    expect(saved).toEqual([]);
    await writer.flush();
    expect(savedIds()).toEqual([['a']]);
  });

  it('is repeated as it was and under the same name, before what has come since', async () => {
    obstacles = [refuse, refuse];
    const state = used('a');
    writer.note(state, 'used');
    await writer.flush();
    state.requestCount += 5;
    writer.note(state, 'used');
    await writer.flush();
    await writer.flush();
    expect(saved.map((rows) => rows.map(({ counts }) => counts?.requests))).toEqual([[1], [5]]);
    const [first, again, third, newer] = receipts;
    expect([first, again, third]).toEqual([first, first, first]);
    expect(newer).not.toBe(first);
  });
});

it('never writes twice at once: what comes during a slow write follows it', async () => {
  let finish: () => void = () => undefined;
  obstacles = [() => new Promise((resolve) => (finish = resolve))];
  writer.note(key('a'), 'disabled');
  await vi.advanceTimersByTimeAsync(1_000);
  writer.note(key('b'), 'disabled');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(saved).toEqual([]);
  finish();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(savedIds()).toEqual([['a'], ['b']]);
});

it('a flush during a slow write waits for it and writes the rest, counters included', async () => {
  let finish: () => void = () => undefined;
  obstacles = [() => new Promise((resolve) => (finish = resolve))];
  writer.note(key('a'), 'disabled');
  await vi.advanceTimersByTimeAsync(1_000);
  writer.note(used('b'), 'used');
  const flushed = writer.flush();
  finish();
  await flushed;
  expect(savedIds()).toEqual([['a'], ['b']]);
});

it('closing writes everything down, and nothing is written by the clock afterwards', async () => {
  writer.note(used('a'), 'used');
  writer.note(key('b'), 'disabled');
  await writer.close();
  expect(
    saved
      .flat()
      .map(({ keyId }) => keyId)
      .sort(),
  ).toEqual(['a', 'b']);
  writer.note(key('c'), 'disabled');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(saved).toHaveLength(1);
});
