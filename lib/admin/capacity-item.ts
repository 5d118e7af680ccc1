import { CAPACITY_NAMES, type Capacity } from '../balancer/limits/capacity';
import type { CapacitySum } from '../balancer/pool/capacity-tally';
import { capacityOf, limitedModels } from '../balancer/pool/capacity-of';
import type { KeyState } from '../balancer/pool/key-state';
import type { CapacityLeft, CapacityLeftOfKeys, CapacityOfKeys, KeyCapacity } from './contract/capacity';
import { wallOrNull, type LiveTime } from './live-time';

type Rooms<Item> = { [name in (typeof CAPACITY_NAMES)[number]]?: Item };

/** What is left for a key now. */
export function keyCapacity(key: KeyState, time: LiveTime): KeyCapacity {
  const now = time.now();
  const models = new Set(limitedModels(key));
  return {
    ...roomItems(capacityOf(key, undefined, now), time),
    models: [...models].flatMap((model) => {
      const rooms = roomItems(capacityOf(key, model, now), time);
      return Object.keys(rooms).length === 0 ? [] : [{ model, ...rooms }];
    }),
  };
}

/** What is left over several keys. */
export function capacityItem({ keys, knownKeys, rooms }: CapacitySum, time: LiveTime): CapacityOfKeys {
  const items: Rooms<CapacityLeftOfKeys> = {};
  for (const name of CAPACITY_NAMES) {
    const room = rooms[name];
    if (room === undefined) continue;
    const { left, limit = null, keys: known, sources, resetsAt } = room;
    items[name] = { left, limit, keys: known, sources: [...sources], resetsAt: wallOrNull(time, resetsAt) };
  }
  return { keys, knownKeys, ...items };
}

function roomItems(capacity: Capacity, time: LiveTime): Rooms<CapacityLeft> {
  const items: Rooms<CapacityLeft> = {};
  for (const name of CAPACITY_NAMES) {
    const room = capacity[name];
    if (room === undefined) continue;
    const { left, limit = null, source, resetsAt } = room;
    items[name] = { left, limit, source, resetsAt: wallOrNull(time, resetsAt) };
  }
  return items;
}
