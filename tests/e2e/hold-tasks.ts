import type { Route } from '@playwright/test';

/** Keeps a page from hearing of its tasks until it is released, so that what it shows meanwhile can be seen. */
export function holdTasks(): {
  readonly handler: (route: Route) => Promise<void>;
  readonly release: () => void;
} {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return {
    async handler(route) {
      await released;
      // The page that has asked may be gone.
      await route.continue().catch(() => undefined);
    },
    release,
  };
}
