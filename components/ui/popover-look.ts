/** Everything that floats above the page: menus, lists of choices. */
export const popoverLook =
  'z-50 animate-fade-in overflow-y-auto rounded-lg border border-line bg-surface p-1 text-sm text-ink shadow-high';
