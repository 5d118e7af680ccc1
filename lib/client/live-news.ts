import type { LiveEvent, LiveEventName, LiveTopic } from '../admin/contract/live';
import { isMoreThanTold, type LiveData } from './live-data';
import type { LiveFollower } from './live-follower';

/** What an event makes old, beside what it tells itself. */
// oxlint-disable-next-line complexity -- a table: what each event makes old
export function tellFollower(
  follower: Pick<LiveFollower, 'happened' | 'everythingHappened'>,
  name: LiveEventName,
  event: LiveEvent,
  data: LiveData | undefined,
  now: number,
): void {
  switch (name) {
    case 'snapshot': {
      // What came between two streams is not known.
      if (data !== undefined) return follower.everythingHappened();
      // The page has asked for what it shows before the first: some of it may be older than the last change.
      const { quietMsByTopic } = event as LiveEvent<'snapshot'>;
      for (const [topic, quietMs] of Object.entries(quietMsByTopic)) {
        follower.happened(topic as LiveTopic, now - quietMs);
      }
      return;
    }
    case 'keys': {
      const keys = event as LiveEvent<'keys'>;
      if (isMoreThanTold(data, keys)) follower.happened('keys');
      follower.happened('key-states');
      return;
    }
    case 'breakers':
      return follower.happened('key-states');
    case 'egress':
      return follower.happened('proxy-states');
    case 'traffic':
      return follower.happened('traffic');
    case 'settings':
      for (const resource of (event as LiveEvent<'settings'>).resources) follower.happened(resource);
      return;
    // They tell everything themselves.
    case 'rates':
    case 'tasks':
    case 'jobs':
  }
}
