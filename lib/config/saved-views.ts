/** What a saved view may keep of a page, for API and pages alike. Browsers load it. */
export const SAVED_VIEWS = { countMax: 100, nameMax: 80, valueMax: 1_000 } as const;

export const VIEW_PAGES = ['keys', 'logs', 'explore'] as const;
export type ViewPage = (typeof VIEW_PAGES)[number];

/** Names of the page's address, without those of what is open. */
export const VIEW_QUERY: Readonly<Record<ViewPage, readonly string[]>> = {
  keys: [
    ...['provider', 'status', 'search', 'minFailures', 'errorStatus', 'model', 'account', 'tag'],
    ...['sort', 'order'],
  ],
  logs: [
    ...['tab', 'provider', 'model', 'status', 'result', 'outcome', 'text', 'keyId', 'token'],
    ...['durationMsMin', 'durationMsMax', 'since', 'from', 'to', 'kind'],
  ],
  explore: [
    ...['range', 'compare', 'metric', 'group', 'provider', 'model', 'token', 'key', 'proxy', 'verdict'],
    'sort',
  ],
};

/** Columns that may be chosen. */
export const VIEW_COLUMNS = {
  keys: [
    ...([
      'status',
      'reason',
      'provider',
      'note',
      'tags',
      'left',
      'inFlight',
      'failures',
      'requests',
      'errors',
    ] as const),
    ...(['lastError', 'lastUsed', 'account', 'weight', 'created', 'source'] as const),
  ],
  logs: [
    ...([
      'status',
      'outcome',
      'message',
      'model',
      'endpoint',
      'provider',
      'key',
      'attempts',
      'tokens',
      'ttfb',
    ] as const),
    ...(['duration', 'token', 'cost', 'requestId'] as const),
  ],
  explore: [],
} as const satisfies Readonly<Record<ViewPage, readonly string[]>>;
