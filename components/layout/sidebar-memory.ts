const NAME = 'sidebar';
const COLLAPSED = 'collapsed';
const listeners = new Set<() => void>();

/** Whether the sidebar is narrow, kept in this browser. Without storage it is wide. */
export const sidebarMemory = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  read(): boolean {
    try {
      return localStorage.getItem(NAME) === COLLAPSED;
    } catch {
      return false;
    }
  },
  write(isCollapsed: boolean): void {
    try {
      localStorage.setItem(NAME, isCollapsed ? COLLAPSED : 'wide');
    } catch {
      return;
    }
    for (const listener of listeners) listener();
  },
};
