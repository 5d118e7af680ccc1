type Choices = Readonly<Record<string, boolean>>;

const PREFIX = 'columns ';
const none: Choices = {};
const known = new Map<string, { readonly text: string; readonly choices: Choices }>();
const listeners = new Set<() => void>();

function parsed(text: string): Choices {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return none;
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'),
    );
  } catch {
    return none;
  }
}

/** Which columns of a list somebody has chosen or put away, kept in this browser. Without storage until the next load. */
export const columnMemory = {
  none,

  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  /** The same object as long as nothing was chosen. */
  read(list: string): Choices {
    const before = known.get(list);
    let text = before?.text ?? '{}';
    try {
      text = localStorage.getItem(PREFIX + list) ?? '{}';
    } catch {
      // Then what was chosen since counts.
    }
    if (before?.text === text) return before.choices;
    const choices = parsed(text);
    known.set(list, { text, choices });
    return choices;
  },

  write(list: string, choices: Choices): void {
    const text = JSON.stringify(choices);
    known.set(list, { text, choices });
    try {
      localStorage.setItem(PREFIX + list, text);
    } catch {
      // Storage may be off or full.
    }
    for (const tell of listeners) tell();
  },
};
