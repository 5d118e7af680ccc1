'use client';
import { useEffect } from 'react';

/** Gives every text that was shortened to fit a title with the whole text, on hover. */
export function WholeTexts() {
  useEffect(() => {
    const tell = (event: Event) => {
      const element = event.target instanceof Element ? event.target : null;
      for (let one = element; one !== null && one !== document.body; one = one.parentElement) {
        if (!(one instanceof HTMLElement)) continue;
        if (isShortened(one)) return giveTitle(one);
        takeTitleBack(one);
      }
    };
    document.addEventListener('pointerover', tell);
    document.addEventListener('focusin', tell);
    return () => {
      document.removeEventListener('pointerover', tell);
      document.removeEventListener('focusin', tell);
    };
  }, []);
  return null;
}

function isShortened(element: HTMLElement): boolean {
  const { textOverflow, webkitLineClamp } = getComputedStyle(element);
  if (textOverflow === 'ellipsis') return element.scrollWidth > element.clientWidth;
  return webkitLineClamp !== 'none' && element.scrollHeight > element.clientHeight;
}

const GIVEN = 'data-whole';

/** The element shows another text by now, which has room. */
function takeTitleBack(element: HTMLElement): void {
  if (!element.hasAttribute(GIVEN)) return;
  element.removeAttribute('title');
  element.removeAttribute(GIVEN);
}

function giveTitle(element: HTMLElement): void {
  // A title of somebody's own says more; one given here follows the text.
  if (element.title !== '' && !element.hasAttribute(GIVEN)) return;
  element.title = element.innerText.trim();
  element.setAttribute(GIVEN, '');
}
