import { expect, it } from 'vitest';
import type { LiveSnapshot, LiveTopic } from '../../../lib/admin/contract/live';
import type { LiveData } from '../../../lib/client/live-data';
import { LiveFollower } from '../../../lib/client/live-follower';
import { tellFollower } from '../../../lib/client/live-news';

const QUIET: Record<LiveTopic, number> = {
  traffic: 60_000,
  settings: 60_000,
  providers: 60_000,
  keys: 60_000,
  'key-states': 60_000,
  proxies: 60_000,
  'proxy-states': 60_000,
  tokens: 60_000,
  views: 60_000,
};
const TOPICS = Object.keys(QUIET) as LiveTopic[];

/** What is asked for anew by a page that has asked for everything at 10 s, and got its first snapshot at 14 s. */
function askedAfter(quiet: Partial<Record<LiveTopic, number>>, data?: LiveData): string[] {
  const asked: string[] = [];
  const follower = new LiveFollower({
    now: () => 14_000,
    isVisible: () => true,
    followed: () =>
      TOPICS.map((topic) => ({
        name: topic,
        topics: [topic],
        paceMs: 1_000,
        keptMs: 60_000,
        askedAt: 10_000,
        isAsking: false,
        isFailing: false,
      })),
    ask: (name) => asked.push(name),
  });
  follower.streaming(true);
  const snapshot = { quietMs: null, quietMsByTopic: { ...QUIET, ...quiet } } as LiveSnapshot;
  tellFollower(follower, 'snapshot', snapshot, data, 14_000);
  follower.check();
  return asked;
}

it.each(TOPICS)(
  'what changed between the answers of a page and its first snapshot is asked for anew: %s',
  (topic) => {
    expect(askedAfter({ [topic]: 3_000 })).toEqual([topic]);
  },
);

it('nothing is asked for twice where nothing has changed since the page asked', () => {
  expect(askedAfter({})).toEqual([]);
  expect(askedAfter({ traffic: 4_500, keys: 4_001 })).toEqual([]);
});

it('after a later snapshot everything is asked for anew', () => {
  expect(askedAfter({}, {} as LiveData)).toEqual(TOPICS);
});
