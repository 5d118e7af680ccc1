import { FOCUSABLE, isFocusLost, placeOf, returnFocus, type FocusPlace } from './focus-place';

/** For this long a key press is not meant for what got the focus unasked. */
const SURPRISE_MS = 1_500;
/** They give the focus back themselves when they close. */
const OVERLAYS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';
/** They go by themselves, with the focus if they have it: it goes back to where it was before. */
const NOTICES = '[data-sonner-toaster]';

/**
 * Browsers drop the focus to the whole page when what has it is taken out of it. This gives it to the nearest place
 * instead. Enter and Space do nothing there for a moment: they were meant for what is gone.
 */
export function keepFocus(): () => void {
  let last: FocusPlace | undefined;
  let isInNotice = false;
  let surprise: { readonly element: HTMLElement; readonly until: number } | undefined;

  const noteFocus = ({ target }: FocusEvent) => {
    isInNotice = target instanceof Element && target.closest(NOTICES) !== null;
    if (target instanceof HTMLElement && target !== document.body && !isInNotice) last = placeOf(target);
    if (target !== surprise?.element) surprise = undefined;
  };
  const notePress = ({ target }: Event) => {
    surprise = undefined;
    // A press on nothing leaves what had the focus.
    if (target instanceof Element && target.closest(FOCUSABLE) === null) last = undefined;
  };
  const noteKey = (event: KeyboardEvent) => {
    if (surprise === undefined || event.target !== surprise.element) return;
    if (event.key !== 'Enter' && event.key !== ' ') return void (surprise = undefined);
    if (performance.now() > surprise.until) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const observer = new MutationObserver(() => {
    if (last === undefined || !isFocusLost() || (last.element.isConnected && !isInNotice)) return;
    const place = last;
    isInNotice = false;
    const isOverlays = [place.element, ...place.around.map(({ parent }) => parent)].some(
      (element) => !element.isConnected && element.matches(OVERLAYS),
    );
    if (isOverlays) return;
    const element = returnFocus(place);
    if (element !== null) surprise = { element, until: performance.now() + SURPRISE_MS };
  });
  observer.observe(document.body, { childList: true, subtree: true });
  window.addEventListener('focusin', noteFocus, true);
  window.addEventListener('pointerdown', notePress, true);
  window.addEventListener('keydown', noteKey, true);
  return () => {
    observer.disconnect();
    window.removeEventListener('focusin', noteFocus, true);
    window.removeEventListener('pointerdown', notePress, true);
    window.removeEventListener('keydown', noteKey, true);
  };
}
