import { findControlFaults } from './overflow-controls';
import {
  boxOf,
  clipTo,
  describe,
  isEmpty,
  isForEyes,
  isInline,
  isReadableElsewhere,
  layerOf,
  mayScrollSideways,
  rectOf,
  topLayer,
  type Rect,
} from './overflow-boxes';

/** A text as far as one can see it. */
interface Piece {
  readonly node: Text;
  readonly rect: Rect;
  readonly layer: Element;
}

/** Rounding of the browser. */
const SLACK = 1.5;

/**
 * Everything in sight that has no room: bundled and run in the page. Empty when nothing sticks out, is cut without a
 * way to read it whole, lies on top of something else, or cannot be reached or hit.
 */
export function findFaults(): string[] {
  const faults = new Set<string>();
  const root = topLayer();
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.add(`the page scrolls sideways: ${scrollWidth} of ${clientWidth}`);
  const pieces: Piece[] = [];
  for (const node of textsIn(root)) {
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) {
      const result = followUp(node, withoutHangingSpace(node, rectOf(line)));
      if (typeof result === 'string') faults.add(`${result}: ${describe(node)}`);
      else if (!isEmpty(result)) pieces.push({ node, rect: result, layer: layerOf(node) });
    }
  }
  for (const fault of [...findOverlaps(pieces), ...findCutHints(root), ...findControlFaults(root)]) {
    faults.add(fault);
  }
  return [...faults];
}

function textsIn(root: Element): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent === null || (node.nodeValue ?? '').trim() === '') continue;
    if (parent.closest('script, style, noscript, option, textarea, template') !== null) continue;
    if (isForEyes(parent)) texts.push(node as Text);
  }
  return texts;
}

/** Where spaces are kept, the last one of a line hangs over its end. */
function withoutHangingSpace(node: Text, rect: Rect): Rect {
  if (node.parentElement === null) return rect;
  const { whiteSpace, fontSize } = getComputedStyle(node.parentElement);
  if (whiteSpace !== 'pre-wrap') return rect;
  return { ...rect, right: Math.max(rect.left, rect.right - parseFloat(fontSize) * 0.65) };
}

/** Goes from the text outwards: what is left of it in sight, or what is wrong. */
function followUp(node: Text, whole: Rect): Rect | string {
  let rect = whole;
  // What is positioned by itself may lie outside of what it hangs on.
  let isLoose = false;
  for (let element = node.parentElement; element !== null; element = element.parentElement) {
    if (element === document.body || element === document.documentElement) break;
    if (isInline(element)) continue;
    const style = getComputedStyle(element);
    const box = boxOf(element);
    // Nothing but a point to hang something on, as charts have it.
    if (isEmpty(box) && style.overflow === 'visible') continue;
    const fault = isEmpty(rect) ? undefined : faultAt(node, element, style, rect, isLoose);
    if (fault !== undefined)
      return `${fault} of ${element.tagName.toLowerCase()}.${(element.getAttribute('class') ?? '').slice(0, 40)}`;
    if (style.overflowX !== 'visible' || style.overflowY !== 'visible') rect = clipTo(rect, box);
    if (style.position === 'fixed') return isInWindow(rect) ? rect : 'beyond the window';
    if (style.position === 'absolute') isLoose = true;
  }
  const isBeyond = !isEmpty(rect) && (rect.right > window.innerWidth + SLACK || rect.left < -SLACK);
  return isBeyond ? 'beyond the window' : rect;
}

function faultAt(
  node: Text,
  element: Element,
  style: CSSStyleDeclaration,
  rect: Rect,
  isLoose: boolean,
): string | undefined {
  const box = boxOf(element);
  const isWide = rect.right > box.right + SLACK || rect.left < box.left - SLACK;
  // The box of a glyph is taller than its line where lines are close together.
  const spare = (rect.bottom - rect.top) * 0.3 + SLACK;
  const isTall = rect.bottom > box.bottom + spare || rect.top < box.top - spare;
  const isShortened = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
  if (isWide) {
    if (/auto|scroll/.test(style.overflowX)) {
      if (!mayScrollSideways(element)) return 'only read by scrolling sideways';
    } else if (/hidden|clip/.test(style.overflowX)) {
      if (!isShortened) return 'cut off sideways';
      if (box.right - box.left < MIN_SHOWN_PX) return 'squeezed to nothing';
      if (!isReadableElsewhere(node, element)) return 'shortened, and nowhere whole';
    } else if (!isLoose) return 'sticks out sideways';
  }
  if (isTall) {
    if (/hidden|clip/.test(style.overflowY)) {
      if (!isShortened) return 'cut off above or below';
      if (!isReadableElsewhere(node, element)) return 'shortened, and nowhere whole';
    } else if (!/auto|scroll/.test(style.overflowY) && !isLoose) return 'sticks out above or below';
  }
  return undefined;
}

/** Less than this of a text says nothing. */
const MIN_SHOWN_PX = 20;

function isInWindow({ left, right, top, bottom }: Rect): boolean {
  if (isEmpty({ left, right, top, bottom })) return true;
  const { innerWidth, innerHeight } = window;
  return left >= -SLACK && right <= innerWidth + SLACK && top >= -SLACK && bottom <= innerHeight + SLACK;
}

/** Pairs of texts of one layer that lie on each other. */
function findOverlaps(pieces: readonly Piece[]): string[] {
  const found: string[] = [];
  const sorted = pieces.map((piece) => ({ ...piece, core: coreOf(piece.rect) }));
  sorted.sort((a, b) => a.core.top - b.core.top);
  sorted.forEach((one, index) => {
    for (let next = index + 1; next < sorted.length; next += 1) {
      const other = sorted[next];
      if (other === undefined || other.core.top >= one.core.bottom) break;
      if (other.node === one.node || other.layer !== one.layer) continue;
      if (!isEmpty(clipTo(one.core, other.core))) {
        found.push(`texts on each other: ${describe(one.node)} and ${describe(other.node)}`);
      }
    }
  });
  return found;
}

/** Without the air around the letters. */
function coreOf({ left, right, top, bottom }: Rect): Rect {
  const air = (bottom - top) * 0.25;
  return { left: left + 1, right: right - 1, top: top + air, bottom: bottom - air };
}

/** What a field asks for has to be read before anything is in it. */
function findCutHints(root: Element): string[] {
  const canvas = document.createElement('canvas').getContext('2d');
  const fields = [...root.querySelectorAll('input[placeholder]')] as HTMLInputElement[];
  return fields
    .filter((field) => field.value === '' && field.placeholder !== '' && isForEyes(field))
    .filter((field) => {
      const style = getComputedStyle(field);
      if (canvas === null || field.title.includes(field.placeholder)) return false;
      canvas.font = style.font;
      const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      return canvas.measureText(field.placeholder).width > room + SLACK;
    })
    .map((field) => `hint of a field cut off: "${field.placeholder}"`);
}
