import type { LogFilter, LogKind, LogResult, RequestLogItem } from '@/lib/admin/contract/logs';

/** What the address says about the logs. */
export const logViewDefaults = {
  tab: 'requests',
  provider: '',
  model: '',
  status: '',
  result: '',
  outcome: '',
  text: '',
  keyId: '',
  token: '',
  durationMsMin: '',
  durationMsMax: '',
  since: '',
  /** Of a window of time that does not move on, the ends: `2026-03-01T21:14Z`. */
  from: '',
  to: '',
  /** The row whose story is open. */
  log: '',
  /** Of incidents. */
  kind: '',
  page: '',
};

export type LogView = typeof logViewDefaults;

/** In the order in which people look for them; all there are, or this does not compile. */
const results: Readonly<Record<LogResult, true>> = {
  succeeded: true,
  failed: true,
  rateLimited: true,
  serverErrors: true,
  broken: true,
  clientErrors: true,
  cancelled: true,
};
export const resultChoices = Object.keys(results) as readonly LogResult[];

const MINUTE = 60_000;
export const sinceChoices = ['15m', '1h', '24h', '7d'] as const;
const sinceMs: Record<(typeof sinceChoices)[number], number> = {
  '15m': 15 * MINUTE,
  '1h': 60 * MINUTE,
  '24h': 24 * 60 * MINUTE,
  '7d': 7 * 24 * 60 * MINUTE,
};

const NUMBERS = ['durationMsMin', 'durationMsMax'] as const;
const FILTERS = [
  ...(['provider', 'model', 'status', 'result', 'outcome', 'text', 'keyId', 'token'] as const),
  ...NUMBERS,
];
const TIMES = ['since', 'from', 'to'] as const;

/** Nothing is known of these in the log of errors. */
const REQUESTS_ONLY: ReadonlySet<string> = new Set(['token', 'result', ...NUMBERS]);

export const noLogFilter: Partial<LogView> = Object.fromEntries(
  [...FILTERS, ...TIMES].map((name) => [name, '']),
);

export function logKindOf(view: LogView): LogKind {
  return view.tab === 'errors' ? 'errors' : 'requests';
}

/** The third list of that page. */
export function isOfIncidents({ tab }: Pick<LogView, 'tab'>): boolean {
  return tab === 'incidents';
}

/** `now` only matters for a filter by time, and to the minute, so that the filter stays the same for a while. */
export function logFilterOf(view: LogView, now: number): LogFilter {
  const isForErrors = logKindOf(view) === 'errors';
  const names = FILTERS.filter((name) => view[name] !== '' && !(isForErrors && REQUESTS_ONLY.has(name)));
  const valueOf = (name: (typeof FILTERS)[number]) =>
    NUMBERS.some((number) => number === name) ? Number(view[name]) : view[name];
  return { ...Object.fromEntries(names.map((name) => [name, valueOf(name)])), ...logWindowOf(view, now) };
}

/** The window of time: the last so many minutes, else from and to, each with its whole minute. */
export function logWindowOf(
  view: Pick<LogView, (typeof TIMES)[number]>,
  now: number,
): Pick<LogFilter, 'from' | 'to'> {
  const since = sinceChoices.find((choice) => choice === view.since);
  if (since !== undefined) return { from: Math.floor((now - sinceMs[since]) / MINUTE) * MINUTE };
  const [from, to] = [view.from, view.to].map((text) => (text === '' ? NaN : Date.parse(text)));
  return {
    ...(from !== undefined && !Number.isNaN(from) && { from }),
    ...(to !== undefined && !Number.isNaN(to) && { to: to + MINUTE - 1 }),
  };
}

export function isLogFiltered(view: LogView): boolean {
  return [...FILTERS, ...TIMES].some((name) => view[name] !== '');
}

/** The model of a request as lists show it: what was sent, and what was asked where that is another name. */
export function modelsOf({ model, modelAsked }: Pick<RequestLogItem, 'model' | 'modelAsked'>): string | null {
  return modelAsked === null ? model : `${modelAsked} \u2192 ${model ?? ''}`;
}
