/** Where the focus is in the page, well enough to find the place again when what had it is gone. */
export interface FocusPlace {
  readonly element: HTMLElement;
  /** What it stands in, from the inside to the outside, and as which child. */
  readonly around: readonly { readonly parent: HTMLElement; readonly index: number }[];
}

export const FOCUSABLE = 'a[href], button, input, select, textarea, [tabindex]';
/** Parts of a page that make sense as a place for the focus. */
const PARTS =
  'section, form, li, tr, main, [role="dialog"], [role="group"], [role="region"], [role="tabpanel"]';
/** The row of a grid that Tab leads to. */
const CURRENT_ROW = '[role="grid"] [role="row"][tabindex="0"]';

let pressed: HTMLElement | undefined;

if (typeof window !== 'undefined') {
  // Some browsers do not give the focus to a button that is clicked.
  const note = ({ target }: Event) => {
    pressed = target instanceof Element ? (target.closest<HTMLElement>(FOCUSABLE) ?? undefined) : undefined;
  };
  window.addEventListener('pointerdown', note, true);
}

/** The place of an element. That of an item of a menu is the button of the menu, which stays. */
export function placeOf(element: HTMLElement): FocusPlace {
  const menu = element.closest('[role="menu"]')?.getAttribute('aria-labelledby') ?? '';
  const lasting = document.getElementById(menu) ?? element;
  const around: { parent: HTMLElement; index: number }[] = [];
  for (let child = lasting; child.parentElement !== null; child = child.parentElement) {
    around.push({ parent: child.parentElement, index: [...child.parentElement.children].indexOf(child) });
  }
  return { element: lasting, around };
}

/** Where the focus is now, or what was pressed last where nothing has it. */
export function currentPlace(): FocusPlace | undefined {
  const element = isFocusLost() ? pressed : document.activeElement;
  return element instanceof HTMLElement ? placeOf(element) : undefined;
}

function canHaveFocus(element: HTMLElement): boolean {
  return element.offsetHeight > 0 && !element.matches(':disabled');
}

/** Takes no key: Tab goes on from there. */
function focusPart(part: HTMLElement): void {
  if (!part.hasAttribute('tabindex')) {
    part.setAttribute('tabindex', '-1');
    part.addEventListener('blur', () => part.removeAttribute('tabindex'), { once: true });
  }
  part.focus({ preventScroll: true });
}

/** The row of the list that has come to stand there, or the part of the page around. */
function nearest({ around }: FocusPlace): HTMLElement | null {
  for (const { parent, index } of around) {
    if (!canHaveFocus(parent) || parent === document.body) continue;
    if (parent.matches('ul, ol, tbody') && parent.children.length > 0) {
      return parent.children[Math.min(index, parent.children.length - 1)] as HTMLElement;
    }
    const isPart = parent.matches(PARTS);
    const row = isPart ? parent.querySelector<HTMLElement>(CURRENT_ROW) : null;
    if (row !== null || isPart) return row ?? parent;
  }
  return null;
}

/** Nothing in particular has the focus. */
export function isFocusLost(): boolean {
  return document.activeElement === document.body || document.activeElement === null;
}

/** To focus a tab is to choose it: where that was refused, the one that is chosen stands for it. */
function chosenTabOf(element: HTMLElement | undefined): HTMLElement | null {
  if (element?.matches('[role="tab"][aria-selected="false"]') !== true) return null;
  const tabs = element.closest('[role="tablist"]');
  return tabs?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]') ?? null;
}

/** A row may be another one by now than that which Tab leads to. */
function currentRowOf(element: HTMLElement | undefined): HTMLElement | null {
  if (element?.matches('[role="row"]') !== true) return null;
  const grid = element.closest('[role="grid"]');
  return grid?.querySelector<HTMLElement>('[role="row"][tabindex="0"]') ?? null;
}

/**
 * Gives the focus back to a place: to what had it, a grid's row to the current row of that grid. If that is gone and
 * nothing else has the focus, what is nearest gets it. Returns what did, if anything.
 */
export function returnFocus(place: FocusPlace | undefined): HTMLElement | null {
  const element = place?.element;
  const own = currentRowOf(element) ?? chosenTabOf(element) ?? element;
  if (own !== undefined && canHaveFocus(own)) {
    own.focus({ preventScroll: true });
    return own;
  }
  if (!isFocusLost()) return null;
  const near = place === undefined ? document.querySelector<HTMLElement>(CURRENT_ROW) : nearest(place);
  const other = near ?? document.getElementById('content');
  if (other !== null) focusPart(other);
  return other;
}
