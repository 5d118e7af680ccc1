import { useEffect } from 'react';

const MARK = '● ';
const MARKED_ICON = '/icons/trouble.svg';

/** A dot in the title and the icon of the tab, for who looks at another one. */
export function useTabMark(isMarked: boolean): void {
  useEffect(() => {
    if (!isMarked) return undefined;
    mark();
    // Each page brings a title of its own, and its icons.
    const observer = new MutationObserver(mark);
    observer.observe(document.head, { childList: true, characterData: true, subtree: true });
    return () => {
      observer.disconnect();
      document.title = document.title.replace(MARK, '');
      for (const icon of icons()) {
        const own = icon.dataset.own;
        if (own !== undefined) icon.href = own;
        delete icon.dataset.own;
      }
    };
  }, [isMarked]);
}

/** Changes nothing where all is marked, so that it may watch its own changes. */
function mark(): void {
  if (document.title !== '' && !document.title.startsWith(MARK)) document.title = MARK + document.title;
  for (const icon of icons()) {
    if (icon.dataset.own !== undefined) continue;
    icon.dataset.own = icon.getAttribute('href') ?? '';
    icon.href = MARKED_ICON;
  }
}

function icons(): HTMLLinkElement[] {
  return [...document.head.querySelectorAll<HTMLLinkElement>('link[rel="icon"]')];
}
