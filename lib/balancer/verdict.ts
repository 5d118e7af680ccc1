import type { HeaderRecord } from './ports';

/** What an upstream's error body says, as far as it matters for judging. */
export interface ErrorFacts {
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** True for exhausted quota or billing, which does not heal with the next minute. */
  readonly isQuotaExhausted: boolean;
}

/** How an attempt ended, before anybody judges it. */
export type Outcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: HeaderRecord;
      readonly error: ErrorFacts | undefined;
    }
  /** A 200 stream whose first event is an error; `status` is what the error stands for. */
  | {
      readonly kind: 'stream_error';
      readonly status: number;
      readonly headers: HeaderRecord;
      readonly error: ErrorFacts;
    }
  | { readonly kind: 'empty_stream' }
  /** No connection, so the upstream certainly did nothing. */
  | { readonly kind: 'dial_failed'; readonly at: 'upstream' | 'egress'; readonly message: string }
  /** The connection was lost after the request went out and before a complete answer head. */
  | { readonly kind: 'lost'; readonly message: string }
  | { readonly kind: 'timeout'; readonly phase: 'headers' | 'first_event' }
  | { readonly kind: 'cut'; readonly message: string }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'client_closed' };

export type Blame = 'nobody' | 'client' | 'key' | 'upstream' | 'egress';
export type KeyEffect = 'success' | 'failure' | 'rest_model' | 'quota' | 'none';
export type Next = 'commit' | 'pass_through' | 'next_key' | 'stop';

export interface Verdict {
  readonly name: VerdictName;
  readonly blame: Blame;
  /** What the key suffers. */
  readonly key: KeyEffect;
  /** What the breaker of whoever is to blame counts. */
  readonly breaker: 'success' | 'failure' | 'none';
  readonly next: Next;
  /** Wait a little, longer each time, before the next key. */
  readonly hasBackoff: boolean;
  /** The upstream certainly did nothing, so even a request that creates something lasting may be repeated. */
  readonly isRepeatSafe: boolean;
}

type Row = Omit<Verdict, 'name'>;

const row = (
  blame: Blame,
  key: KeyEffect,
  breaker: Verdict['breaker'],
  next: Next,
  flags: Partial<Pick<Verdict, 'hasBackoff' | 'isRepeatSafe'>> = {},
): Row => ({ blame, key, breaker, next, hasBackoff: false, isRepeatSafe: false, ...flags });

/** The whole judgement, a row for each thing that can come back. */
const TABLE = {
  success: row('nobody', 'success', 'success', 'commit'),
  client_error: row('client', 'none', 'none', 'pass_through'),
  key_rejected: row('key', 'failure', 'none', 'next_key', { isRepeatSafe: true }),
  payment_required: row('key', 'failure', 'none', 'next_key'),
  rate_limited: row('key', 'rest_model', 'none', 'next_key', { isRepeatSafe: true }),
  quota_exhausted: row('key', 'quota', 'none', 'next_key', { isRepeatSafe: true }),
  upstream_error: row('upstream', 'none', 'failure', 'next_key', { hasBackoff: true }),
  upstream_unreachable: row('upstream', 'none', 'failure', 'next_key', { isRepeatSafe: true }),
  egress_unreachable: row('egress', 'none', 'failure', 'next_key', { isRepeatSafe: true }),
  connection_lost: row('upstream', 'none', 'failure', 'next_key'),
  timed_out: row('upstream', 'none', 'failure', 'next_key'),
  empty_stream: row('upstream', 'none', 'failure', 'next_key', { hasBackoff: true }),
  cut: row('upstream', 'none', 'failure', 'stop'),
  stalled: row('upstream', 'none', 'failure', 'stop'),
  client_closed: row('client', 'none', 'none', 'stop'),
} as const satisfies Record<string, Row>;

export type VerdictName = keyof typeof TABLE;

export const VERDICTS = Object.fromEntries(
  Object.entries(TABLE).map(([name, verdict]) => [name, { name, ...verdict }]),
) as unknown as Readonly<Record<VerdictName, Verdict>>;

/** Judges an outcome. Total: every outcome has exactly one verdict. */
export function judge(outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case 'answer':
    case 'stream_error':
      return VERDICTS[judgeStatus(outcome.status, outcome.error)];
    case 'empty_stream':
      return VERDICTS.empty_stream;
    case 'dial_failed':
      return outcome.at === 'egress' ? VERDICTS.egress_unreachable : VERDICTS.upstream_unreachable;
    case 'lost':
      return VERDICTS.connection_lost;
    case 'timeout':
      return VERDICTS.timed_out;
    case 'cut':
      return VERDICTS.cut;
    case 'stalled':
      return VERDICTS.stalled;
    case 'client_closed':
      return VERDICTS.client_closed;
  }
}

function judgeStatus(status: number, error: ErrorFacts | undefined): VerdictName {
  if (status >= 200 && status < 300) return 'success';
  if (status === 401 || status === 403) return 'key_rejected';
  if (status === 402) return 'payment_required';
  if (status === 429) return error?.isQuotaExhausted === true ? 'quota_exhausted' : 'rate_limited';
  if (status === 408 || status >= 500) return 'upstream_error';
  return 'client_error';
}
