/**
 * The path that was come to by the browser's own means: loading the document, Back or Forward. Such an entry of the
 * history stands for itself, while a link leads to the page as it was left.
 */
let ownPath: string | undefined;

if (typeof window !== 'undefined') {
  const note = () => void (ownPath = window.location.pathname);
  note();
  // Before the router draws the page.
  window.addEventListener('popstate', note);
}

export const arrival = {
  isByHistory: (path: string): boolean => ownPath === path,

  /** Call it when the page is left: the next visit by a link is not one by the history. */
  left(path: string): void {
    if (ownPath === path) ownPath = undefined;
  },
};
