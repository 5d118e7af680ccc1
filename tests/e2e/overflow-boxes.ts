export interface Rect {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function rectOf({ left, right, top, bottom }: DOMRect): Rect {
  return { left, right, top, bottom };
}

export function isEmpty({ left, right, top, bottom }: Rect): boolean {
  return right - left < 0.5 || bottom - top < 0.5;
}

export function clipTo(one: Rect, other: Rect): Rect {
  return {
    left: Math.max(one.left, other.left),
    right: Math.min(one.right, other.right),
    top: Math.max(one.top, other.top),
    bottom: Math.min(one.bottom, other.bottom),
  };
}

/** Inside its border, which is where its overflow is cut. */
export function boxOf(element: Element): Rect {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return {
    left: left + parseFloat(style.borderLeftWidth),
    right: right - parseFloat(style.borderRightWidth),
    top: top + parseFloat(style.borderTopWidth),
    bottom: bottom - parseFloat(style.borderBottomWidth),
  };
}

/** Has no box of its own that could be too small. */
export function isInline(element: Element): boolean {
  if (element instanceof SVGElement && element.tagName !== 'svg') return true;
  const { display } = getComputedStyle(element);
  return display === 'inline' || display === 'contents';
}

/** Not only for those who listen. */
export function isForEyes(element: Element): boolean {
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  for (let one: Element | null = element; one !== null; one = one.parentElement) {
    const { overflow, clipPath, position } = getComputedStyle(one);
    if (position === 'absolute' && overflow === 'hidden' && clipPath.startsWith('inset(50%')) return false;
  }
  return true;
}

/** What lies on top of everything and is used now: a menu, a dialog, else the page. */
export function topLayer(): Element {
  const roles = ['dialog', 'alertdialog', 'menu', 'listbox'];
  const layers = document.querySelectorAll(roles.map((role) => `[role="${role}"]`).join(', '));
  return [...layers].filter(isForEyes).at(-1) ?? document.body;
}

/** What is fixed or sticks lies above what scrolls below it, and may cover it. */
export function layerOf(node: Node): Element {
  for (let element = node.parentElement; element !== null; element = element.parentElement) {
    if (/fixed|sticky/.test(getComputedStyle(element).position)) return element;
  }
  return document.body;
}

/** Code and tabs are scrolled everywhere; whole tables only where there is a mouse. */
export function mayScrollSideways(element: Element): boolean {
  if (element.matches('pre, [role="tablist"]')) return true;
  return window.innerWidth > 640 && element.matches('[role="group"][tabindex="0"]');
}

/** In a title, which may be given when one points at it. */
export function isReadableElsewhere(node: Text, shortened: Element): boolean {
  const text = (node.nodeValue ?? '').trim();
  shortened.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
  for (let element: Element | null = node.parentElement; element !== null; element = element.parentElement) {
    if ((element.getAttribute('title') ?? '').includes(text)) return true;
  }
  return false;
}

export function describe(node: Node): string {
  const element = node instanceof Element ? node : node.parentElement;
  const text = (node.nodeValue ?? element?.textContent ?? '').trim();
  const path: string[] = [];
  for (let one = element; one !== null && path.length < 3; one = one.parentElement) {
    const name = one.getAttribute('aria-label') ?? one.getAttribute('class') ?? '';
    path.unshift(`${one.tagName.toLowerCase()}[${name.slice(0, 60)}]`);
  }
  return `"${text.slice(0, 40)}" (${text.length}) in ${path.join(' > ')}`;
}
