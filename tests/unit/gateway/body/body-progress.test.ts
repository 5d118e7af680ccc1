import { beforeEach, describe, expect, it } from 'vitest';
import { heavyOwners, Progress } from '../../../../lib/gateway/body/body-progress';
import { BodyShare } from '../../../../lib/gateway/body/body-share';
import { ManualTimers } from '../manual-timers';

/** A budget that gives everything. */
const BUDGET = {
  grow: (share: BodyShare, bytes: number): true => {
    share.bytes = bytes;
    return true;
  },
  shrink: (share: BodyShare, bytes: number) => void (share.bytes = Math.min(share.bytes, bytes)),
  note: () => undefined,
};

/** A body of which `bytes` have come, and whether it was given up. */
class Upload {
  bytes = 0;
  isLost = false;
  readonly share = new BodyShare(BUDGET);

  constructor(owner: string) {
    this.share.owner = owner;
    this.share.bytes = 1_000_000;
    this.share.watch({ bytes: () => this.bytes, giveUp: () => (this.isLost = true) });
  }
}

let timers: ManualTimers;
let uploads: Upload[];
let heavy: Set<string>;
let progress: Progress;

beforeEach(() => {
  timers = new ManualTimers();
  uploads = [];
  heavy = new Set();
  progress = new Progress(timers, () => ({ shares: uploads.map(({ share }) => share), heavy }));
});

function upload(owner = 'a'): Upload {
  const one = new Upload(owner);
  uploads.push(one);
  return one;
}

/** Looks so often; so much comes of each between two looks. */
function look(times: number, bytesBetween = 0): void {
  for (let time = 0; time < times; time += 1) {
    for (const one of uploads) one.bytes += bytesBetween;
    timers.fire();
  }
}

describe('while others wait', () => {
  beforeEach(() => progress.start());

  it('a body that does not get on loses its memory at the fifth look, and not before', () => {
    const one = upload();
    look(4);
    expect(one.isLost).toBe(false);
    look(1);
    expect(one.isLost).toBe(true);
    expect(one.share.bytes).toBe(0);
  });

  it('a body that gets on once in five looks keeps it', () => {
    const one = upload();
    for (let round = 0; round < 3; round += 1) {
      look(4);
      look(1, 1_024);
    }
    expect(one.isLost).toBe(false);
  });

  it('a kilobyte a look is enough, a byte less is not', () => {
    const enough = upload();
    look(10, 1_024);
    expect(enough.isLost).toBe(false);
    const short = upload();
    look(5, 1_023);
    expect(short.isLost).toBe(true);
  });

  it('more is asked of who has more than half', () => {
    heavy.add('much');
    const [much, little] = [upload('much'), upload('little')];
    look(5, 64 * 1_024 - 1);
    expect([much.isLost, little.isLost]).toEqual([true, false]);
  });

  it('a body that itself waits for memory is not held against its client', () => {
    const one = upload();
    one.share.isWaiting = true;
    look(10);
    expect(one.isLost).toBe(false);
  });

  it('a body that has come is none any more', () => {
    const one = upload();
    one.share.complete(10);
    look(10);
    expect(one.isLost).toBe(false);
  });

  it('it looks once a second, however often it is started', () => {
    progress.start();
    progress.start();
    expect(timers.waiting).toEqual([1_000]);
    look(1);
    expect(timers.waiting).toEqual([1_000]);
  });
});

it('nobody looks while nobody waits', () => {
  const one = upload();
  progress.start();
  progress.stop();
  expect(timers.waiting).toEqual([]);
  look(10);
  expect(one.isLost).toBe(false);
});

describe('an owner is heavy', () => {
  const shareOf = (owner: string, bytes: number) => {
    const share = new BodyShare(BUDGET);
    share.owner = owner;
    share.bytes = bytes;
    return share;
  };
  const shares = [shareOf('a', 60), shareOf('a', 50), shareOf('b', 90)];

  it('with more than so much in all its bodies while somebody else waits', () => {
    expect(heavyOwners(shares, new Set(['c']), 100)).toEqual(new Set(['a']));
    expect(heavyOwners(shares, new Set(['a', 'c']), 100)).toEqual(new Set(['a']));
    expect(heavyOwners(shares, new Set(['c']), 110)).toEqual(new Set());
  });

  it('not while nobody waits, or only itself', () => {
    expect(heavyOwners(shares, new Set(), 100)).toEqual(new Set());
    expect(heavyOwners(shares, new Set(['a']), 100)).toEqual(new Set());
  });
});
