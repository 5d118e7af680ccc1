/** An answer, and when it was asked for: what the live stream has told since is newer. */
export type Asked<T> = T & { readonly askedAt: number };

/** Milliseconds of a clock that only goes forward. */
export const liveClock = (): number => performance.now();

export async function asked<T extends object>(ask: () => Promise<T>): Promise<Asked<T>> {
  const askedAt = liveClock();
  return { ...(await ask()), askedAt };
}

/** Of what has come with an answer to something else. */
export const answered = <T extends object>(answer: T): Asked<T> => ({ ...answer, askedAt: liveClock() });
