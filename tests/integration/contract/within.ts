/** What the promise resolves with; rejects if that takes longer than the deadline. For events, in place of sleeping. */
export function withinMs<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${what} did not come within ${timeoutMs} ms`)),
      timeoutMs,
    );
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
