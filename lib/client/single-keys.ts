/** Whether single keys are shortcuts, in this browser. They are, unless somebody has turned them off. */
const NAME = 'single-keys';
const listeners = new Set<() => void>();
let known: boolean | undefined;

function stored(): boolean {
  try {
    return localStorage.getItem(NAME) !== 'off';
  } catch {
    return true;
  }
}

export const singleKeys = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  areOn: (): boolean => (known ??= stored()),

  turn(isOn: boolean): void {
    known = isOn;
    try {
      localStorage.setItem(NAME, isOn ? 'on' : 'off');
    } catch {
      // Storage may be off or full; then it holds as long as the page.
    }
    for (const tell of listeners) tell();
  },
};
