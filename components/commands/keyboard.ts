'use client';
import { useSyncExternalStore } from 'react';
import type { Press } from '@/lib/client/shortcuts';

const never = () => () => undefined;

export function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}

/** False while the server renders. */
export function useIsMac(): boolean {
  return useSyncExternalStore(never, isMac, () => false);
}

const TYPING =
  'input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [role=combobox], [role=textbox], [role=searchbox]';
const COVERS = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]';

/** In something that takes text, or jumps to what is typed. */
export function isTypingIn(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest(TYPING) !== null || (target instanceof HTMLElement && target.isContentEditable);
}

export function pressOf(event: KeyboardEvent): Press {
  const { key, code, ctrlKey, metaKey, altKey, isComposing, repeat, timeStamp } = event;
  return {
    ...{ key, code, ctrlKey, metaKey, altKey, repeat },
    // Safari ends the composing before the press that ends it.
    isComposing: isComposing || key === 'Process' || event.keyCode === 229,
    isTyping: isTypingIn(event.target),
    isCovered: document.querySelector(COVERS) !== null,
    at: timeStamp,
  };
}
