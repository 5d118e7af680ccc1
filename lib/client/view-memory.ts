/**
 * How each page was left in this tab: its filters, order, tab and range, as they stood in the address. Another tab has
 * its own memory, a reload keeps it, and signing out forgets it. Without storage it lasts until the next reload.
 */
const PREFIX = 'view ';
const kept = new Map<string, string>();
const listeners = new Set<() => void>();

function stored(path: string): string {
  try {
    return sessionStorage.getItem(PREFIX + path) ?? '';
  } catch {
    return '';
  }
}

function store(path: string, query: string): void {
  try {
    if (query === '') sessionStorage.removeItem(PREFIX + path);
    else sessionStorage.setItem(PREFIX + path, query);
  } catch {
    // Storage may be off or full.
  }
}

export const viewMemory = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  /** The query of the page's address, without `?`; empty where the page shows what it does by default. */
  queryOf(path: string): string {
    const known = kept.get(path);
    if (known !== undefined) return known;
    const query = stored(path);
    kept.set(path, query);
    return query;
  },

  keep(path: string, query: string): void {
    if (viewMemory.queryOf(path) === query) return;
    kept.set(path, query);
    store(path, query);
    for (const tell of listeners) tell();
  },

  /** The page's address as it was left. */
  hrefOf(path: string): string {
    const query = viewMemory.queryOf(path);
    return query === '' ? path : `${path}?${query}`;
  },

  forget(): void {
    kept.clear();
    try {
      const names = Array.from({ length: sessionStorage.length }, (_, index) => sessionStorage.key(index));
      for (const name of names) if (name?.startsWith(PREFIX) === true) sessionStorage.removeItem(name);
    } catch {
      // Then nothing was kept there.
    }
    for (const tell of listeners) tell();
  },
};
