const NAME = 'first-run';
/** Tells the server that the guide is under way, so that the document does not show the overview first. */
export const GUIDE_COOKIE = 'guide';
const COOKIE_SECONDS = 7 * 24 * 3600;

/** Where the guide to the first answer is. Never a key: those belong to the server. */
export interface GuidePlace {
  /** Which card was chosen; empty for none. */
  readonly card: string;
  /** What was typed as the address of a provider of one's own. */
  readonly address: string;
  /** Slug of the provider that got keys; empty before. */
  readonly provider: string;
  /** The task that adds them, while it does; else empty. */
  readonly adding: string;
  /** The task that tests them; empty if there is none. */
  readonly verification: string;
}

export const guideStart: GuidePlace = { card: '', address: '', provider: '', adding: '', verification: '' };

function kept(): string | null {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

/** How far the guide to the first answer is in this browser: a reload must not end it. */
export const guideMemory = {
  get isUnderWay(): boolean {
    return kept() !== null;
  },

  read(): GuidePlace {
    try {
      const place = JSON.parse(kept() ?? '{}') as Partial<Record<keyof GuidePlace, unknown>>;
      const text = (name: keyof GuidePlace) => (typeof place[name] === 'string' ? place[name] : '');
      return {
        card: text('card'),
        address: text('address'),
        provider: text('provider'),
        adding: text('adding'),
        verification: text('verification'),
      };
    } catch {
      return guideStart;
    }
  },

  /** Undefined ends it. */
  keep(place: GuidePlace | undefined): void {
    const seconds = place === undefined ? 0 : COOKIE_SECONDS;
    document.cookie = `${GUIDE_COOKIE}=1; path=/; max-age=${seconds}; samesite=lax`;
    try {
      if (place === undefined) localStorage.removeItem(NAME);
      else localStorage.setItem(NAME, JSON.stringify(place));
    } catch {
      // Storage may be off or full; then the guide ends with the page.
    }
  },
};
