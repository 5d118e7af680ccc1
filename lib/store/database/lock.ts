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
      last = result.then(
        () => undefined,
        () => undefined,
      );
      return result;
    },
  };
}
