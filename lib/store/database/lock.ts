export interface Lock {
  /** Runs `work` after everything that was asked before it, and alone. */
  exclusively<T>(work: () => Promise<T> | T): Promise<T>;
}

/** A first-come-first-served lock within this process. */
export function createLock(): Lock {
  let last: Promise<void> = Promise.resolve();
  return {
    exclusively(work) {
      const result = last.then(work);
      last = settled(result);
      return result;
    },
  };
}

export interface SharedLock extends Lock {
  /** Runs `work` after everything exclusive that was asked before it, beside others like it. */
  shared<T>(work: () => Promise<T> | T): Promise<T>;
}

/** As `createLock`, for work that may also be done side by side. Nobody overtakes what is exclusive. */
export function createSharedLock(): SharedLock {
  let lastExclusive: Promise<void> = Promise.resolve();
  let allShared: Promise<void> = Promise.resolve();
  return {
    shared(work) {
      const result = lastExclusive.then(work);
      allShared = settled(Promise.all([allShared, settled(result)]));
      return result;
    },
    exclusively(work) {
      const result = Promise.all([lastExclusive, allShared]).then(work);
      lastExclusive = settled(result);
      allShared = Promise.resolve();
      return result;
    },
  };
}

function settled(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => undefined,
    () => undefined,
  );
}
