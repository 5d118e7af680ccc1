const NAME = 'first-run';

/** Whether the guide to the first answer is under way in this browser: a reload must not end it. */
export const guideMemory = {
  get isUnderWay(): boolean {
    try {
      return localStorage.getItem(NAME) !== null;
    } catch {
      return false;
    }
  },

  set(isUnderWay: boolean): void {
    try {
      if (isUnderWay) localStorage.setItem(NAME, 'under way');
      else localStorage.removeItem(NAME);
    } catch {
      // Storage may be off or full; then the guide ends with the page.
    }
  },
};
