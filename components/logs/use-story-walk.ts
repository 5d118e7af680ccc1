'use client';
import type { KeyboardEvent } from 'react';
import { hasModifier, letterOf } from '@/lib/client/shortcuts';
import { isTypingIn } from '../commands/keyboard';

interface Beside {
  readonly newerId: string | undefined;
  readonly olderId: string | undefined;
  readonly onGo: (id: string) => void;
}

/** What takes the arrow keys for itself: fields, menus, choices, and a text that is scrolled. */
const OWN_ARROWS =
  'input, textarea, select, [role=combobox], [role=radiogroup], [role=menu], [role=listbox], [role=tree], [role=region]';

/** While a story is open, `j` and `k` or the arrows go on to the row below or above. */
export function useStoryWalk(isOpen: boolean, { newerId, olderId, onGo }: Beside) {
  return (event: KeyboardEvent) => {
    if (!isOpen || event.defaultPrevented || event.nativeEvent.isComposing || hasModifier(event)) return;
    const target = event.target as Element;
    // Only from within the story: not from a question or the palette that lies over it.
    if (target.closest('[data-story]') === null || isTypingIn(target)) return;
    const isOwn = target.closest(OWN_ARROWS) !== null;
    const id = idFor(event, isOwn, { newerId, olderId });
    if (id === undefined) return;
    event.preventDefault();
    if (id !== '') onGo(id);
  };
}

/** Where a key leads; empty where there is no such row, undefined where the key is none of ours. */
function idFor(
  event: KeyboardEvent,
  isOwn: boolean,
  { newerId = '', olderId = '' }: Partial<Omit<Beside, 'onGo'>>,
): string | undefined {
  const letter = letterOf(event);
  if (letter === 'j' || (event.key === 'ArrowDown' && !isOwn)) return olderId;
  if (letter === 'k' || (event.key === 'ArrowUp' && !isOwn)) return newerId;
  return undefined;
}
