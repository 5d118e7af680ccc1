export interface BoundedQueueLimits<T> {
  readonly maxItems: number;
  /** Bound on the sum of `weigh`, in any unit. */
  readonly maxWeight: number;
  readonly weigh: (item: T) => number;
  readonly onDrop: (count: number) => void;
}

/** First in, first out. When it is full the oldest item gives way to the newest; adding never fails and never waits. */
export interface BoundedQueue<T> {
  readonly size: number;
  push(item: T): void;
  /** Takes the oldest items out. */
  take(count: number): T[];
  /** Puts items back that were taken out; they are the oldest again. */
  putBack(items: readonly T[]): void;
}

/** Taken places to collect before the array is moved together. */
const SPARE_MAX = 1_024;

export function createBoundedQueue<T>({
  maxItems,
  maxWeight,
  weigh,
  onDrop,
}: BoundedQueueLimits<T>): BoundedQueue<T> {
  let items: T[] = [];
  let head = 0;
  let weight = 0;

  const size = () => items.length - head;

  function take(count: number): T[] {
    const taken = items.slice(head, head + count);
    head += taken.length;
    for (const item of taken) weight -= weigh(item);
    if (head > SPARE_MAX && head * 2 > items.length) {
      items = items.slice(head);
      head = 0;
    }
    return taken;
  }

  function shrink(): void {
    let dropped = 0;
    while (size() > maxItems || (weight > maxWeight && size() > 1)) dropped += take(1).length;
    if (dropped > 0) onDrop(dropped);
  }

  return {
    get size() {
      return size();
    },
    push(item) {
      items.push(item);
      weight += weigh(item);
      shrink();
    },
    take,
    putBack(returned) {
      items = [...returned, ...items.slice(head)];
      head = 0;
      for (const item of returned) weight += weigh(item);
      shrink();
    },
  };
}
