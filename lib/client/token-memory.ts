const NAME = 'made-token';

export interface MadeToken {
  readonly id: string;
  readonly token: string;
}

/** The token that was made in this tab, so that a reload does not need another one. It is gone with the tab. */
export const tokenMemory = {
  read(): MadeToken | undefined {
    try {
      const kept = JSON.parse(sessionStorage.getItem(NAME) ?? 'null') as Partial<MadeToken> | null;
      const { id, token } = kept ?? {};
      return typeof id === 'string' && typeof token === 'string' ? { id, token } : undefined;
    } catch {
      return undefined;
    }
  },

  keep(made: MadeToken | undefined): void {
    try {
      if (made === undefined) sessionStorage.removeItem(NAME);
      else sessionStorage.setItem(NAME, JSON.stringify(made));
    } catch {
      // Storage may be off; then the token is kept as long as the page.
    }
  },
};
