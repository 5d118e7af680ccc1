import { boxOf, describe, isEmpty, isForEyes, isInline, rectOf, type Rect } from './overflow-boxes';

const CONTROLS = [
  'button',
  'a[href]',
  'input:not([type="file"])',
  'select',
  'textarea',
  'summary',
  ...['menuitem', 'menuitemradio', 'option', 'tab', 'switch', 'checkbox'].map((role) => `[role="${role}"]`),
].join(', ');
/** The least that a finger hits, by WCAG 2.5.8; half a pixel for rounding. */
const SIZE_MIN = 23.5;
const SLACK = 1.5;

/** Controls that are too small to hit, or where one cannot scroll to. */
export function findControlFaults(root: Element): string[] {
  const controls = [...root.querySelectorAll(CONTROLS)].filter(
    (control) => isForEyes(control) && control.closest('[aria-hidden="true"]') === null,
  );
  return controls.flatMap((control) => {
    const area = areaOf(control);
    const width = Math.round(area.right - area.left);
    const height = Math.round(area.bottom - area.top);
    const isSmall = area.right - area.left < SIZE_MIN || area.bottom - area.top < SIZE_MIN;
    return [
      ...(isSmall && !isInSentence(control) ? [`${width} x ${height} px: ${describe(control)}`] : []),
      ...(isOutOfReach(control) ? [`out of reach: ${describe(control)}`] : []),
    ];
  });
}

/** Where a press counts: the control, what it has drawn around itself, and its label. */
function areaOf(control: Element): Rect {
  const own = rectOf(control.getBoundingClientRect());
  const label = control.closest('label');
  const parts = [own, aroundOf(control, '::after', own), aroundOf(control, '::before', own)];
  if (label !== null) parts.push(rectOf(label.getBoundingClientRect()));
  return {
    left: Math.min(...parts.map(({ left }) => left)),
    right: Math.max(...parts.map(({ right }) => right)),
    top: Math.min(...parts.map(({ top }) => top)),
    bottom: Math.max(...parts.map(({ bottom }) => bottom)),
  };
}

function aroundOf(control: Element, pseudo: string, own: Rect): Rect {
  const style = getComputedStyle(control, pseudo);
  if (style.content === 'none' || style.position !== 'absolute') return own;
  const [left, right, top, bottom] = [style.left, style.right, style.top, style.bottom].map(
    (length) => parseFloat(length) || 0,
  ) as [number, number, number, number];
  return { left: own.left + left, right: own.right - right, top: own.top + top, bottom: own.bottom - bottom };
}

/** A link within text is as tall as its line. */
function isInSentence(control: Element): boolean {
  const parent = control.parentElement;
  if (!isInline(control) || parent === null) return false;
  return [...parent.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && /[^\s·,.]/.test(node.nodeValue ?? ''),
  );
}

function isOutOfReach(control: Element): boolean {
  const rect = rectOf(control.getBoundingClientRect());
  if (isEmpty(rect)) return false;
  let [canScrollX, canScrollY] = [false, false];
  for (let element = control.parentElement; element !== null; element = element.parentElement) {
    const { overflowX, overflowY, position } = getComputedStyle(element);
    const box = boxOf(element);
    canScrollX ||= /auto|scroll/.test(overflowX);
    canScrollY ||= /auto|scroll/.test(overflowY);
    const isCutX = overflowX === 'hidden' && (rect.right > box.right + SLACK || rect.left < box.left - SLACK);
    const isCutY = overflowY === 'hidden' && (rect.bottom > box.bottom + SLACK || rect.top < box.top - SLACK);
    if ((isCutX && !canScrollX) || (isCutY && !canScrollY)) return true;
    if (position !== 'fixed') continue;
    const isBelow = rect.bottom > window.innerHeight + SLACK || rect.top < -SLACK;
    if (isBelow && !canScrollY) return true;
    break;
  }
  return !canScrollX && (rect.right > document.documentElement.clientWidth + SLACK || rect.left < -SLACK);
}
