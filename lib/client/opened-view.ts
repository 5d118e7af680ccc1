const PREFIX = 'opened-view ';
const known = new Map<string, string>();
const listeners = new Set<() => void>();

/** The saved view that each page has opened last in this tab. Without storage until the next reload. */
export const openedView = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  /** The id of the view; empty for none. */
  read(page: string): string {
    const before = known.get(page);
    if (before !== undefined) return before;
    let id = '';
    try {
      id = sessionStorage.getItem(PREFIX + page) ?? '';
    } catch {
      // Then none was kept.
    }
    known.set(page, id);
    return id;
  },

  write(page: string, id: string): void {
    known.set(page, id);
    try {
      sessionStorage.setItem(PREFIX + page, id);
    } catch {
      // Storage may be off or full.
    }
    for (const tell of listeners) tell();
  },
};
