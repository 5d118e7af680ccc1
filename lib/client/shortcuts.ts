/** A press of a key, and where it was made. */
export interface Press {
  readonly key: string;
  /** The place of the key on the keyboard, for those that write other letters than A to Z. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** An input method is at work: what is pressed belongs to it. */
  readonly isComposing: boolean;
  readonly repeat: boolean;
  /** In something that takes text, or jumps to what is typed. */
  readonly isTyping: boolean;
  /** A dialog, a menu or a list of choices lies over the page. */
  readonly isCovered: boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly at: number;
}

export type Shortcut =
  | { readonly kind: 'palette' }
  | { readonly kind: 'help' }
  | { readonly kind: 'search' }
  | { readonly kind: 'rows' }
  | { readonly kind: 'go'; readonly letter: string };

interface Options {
  /** The palette's shortcut is Cmd+K there: Ctrl+K deletes the rest of a line. */
  readonly isMac: boolean;
  /** Whether single keys do something; people who speak to their computer turn them off. */
  readonly hasSingleKeys: () => boolean;
}

/** So long after `g` a letter belongs to it. */
export const GO_MS = 1_500;

/** Full-width, as some input methods write them. */
const SIGNS: Readonly<Record<string, 'help' | 'search'>> = {
  '?': 'help',
  '？': 'help',
  '/': 'search',
  '／': 'search',
};

/**
 * What a press means, anywhere in the dashboard; undefined where it is not ours. Single keys mean nothing where one
 * types, under a dialog, together with a modifier, and while an input method is at work. Ctrl+K means the same
 * everywhere.
 */
export function createShortcuts({ isMac, hasSingleKeys }: Options): (press: Press) => Shortcut | undefined {
  let goAt = -Infinity;
  return (press) => {
    const wasGo = press.at - goAt <= GO_MS;
    if (!isModifier(press.key)) goAt = -Infinity;
    if (press.isComposing) return undefined;
    if (isPalettePress(press, isMac)) return { kind: 'palette' };
    if (press.isTyping || press.isCovered || press.repeat || hasModifier(press)) return undefined;
    if (!hasSingleKeys()) return undefined;
    const letter = letterOf(press);
    if (wasGo && letter !== undefined) return { kind: 'go', letter };
    if (letter === 'g') goAt = press.at;
    return singleKey(press, letter);
  };
}

function singleKey({ key }: Press, letter: string | undefined): Shortcut | undefined {
  if (letter === 'j' || letter === 'k') return { kind: 'rows' };
  const kind = SIGNS[key];
  return kind === undefined ? undefined : { kind };
}

/** The letter of a key, in lower case; on a keyboard without A to Z that of its place. */
export function letterOf({ key, code }: Pick<Press, 'key' | 'code'>): string | undefined {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  // Another letter; signs mean themselves, wherever they are.
  return /^\p{L}$/u.test(key) ? /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() : undefined;
}

export function hasModifier({
  ctrlKey,
  metaKey,
  altKey,
}: Pick<Press, 'ctrlKey' | 'metaKey' | 'altKey'>): boolean {
  return ctrlKey || metaKey || altKey;
}

function isPalettePress(press: Press, isMac: boolean): boolean {
  const { ctrlKey, metaKey, altKey, repeat } = press;
  const isHeld = isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  return isHeld && !altKey && !repeat && letterOf(press) === 'k';
}

function isModifier(key: string): boolean {
  return key === 'Shift' || key === 'Control' || key === 'Alt' || key === 'Meta' || key === 'CapsLock';
}
