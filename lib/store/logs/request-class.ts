import { VERDICTS } from '../../balancer/attempts/verdict';

/**
 * What became of a request, as every count, filter and label has it. `429` and `499` (its client went away) stand apart
 * from `4xx`. `broken`: the head of an answer went out with less than 400, and then no whole answer came.
 */
export type RequestClass = '1xx' | '2xx' | '3xx' | '4xx' | '429' | '499' | '5xx' | 'broken';

/** Where attempts are counted that were made at another provider or key than the request itself is counted at. */
export const ATTEMPTS_ONLY = '';

/** Refusals that a client may get in the middle of a WebSocket. */
const WITHIN_SOCKETS = ['body_too_large', 'invalid_token'] as const;

/** Outcomes that are the client's own doing, also where they came with a status of success. */
export const CLIENT_OUTCOMES: readonly string[] = [
  ...Object.values(VERDICTS)
    .filter(({ blame }) => blame === 'client')
    .map(({ name }) => name),
  ...WITHIN_SOCKETS,
];

const ofStatus: readonly RequestClass[] = ['1xx', '1xx', '2xx', '3xx', '4xx'];

/** Total: each request is in exactly one class, whatever its status. */
export function requestClass(status: number, outcome: string): RequestClass {
  if (status === 429) return '429';
  if (status === 499) return '499';
  if (status < 400 && outcome !== 'success') return CLIENT_OUTCOMES.includes(outcome) ? '4xx' : 'broken';
  return ofStatus[Math.floor(status / 100)] ?? '5xx';
}

/** Kinds of classes, as statistics sum them up. */
export type RequestResult =
  'succeeded' | 'failed' | 'rateLimited' | 'serverErrors' | 'broken' | 'clientErrors' | 'cancelled';

const clientOutcomes = `(${CLIENT_OUTCOMES.map((name) => `'${name}'`).join(', ')})`;
const isClients = `outcome IN ${clientOutcomes}`;
const broken = `status < 400 AND outcome <> 'success' AND NOT ${isClients}`;

/** The same in SQL, over the columns of a request's row. */
export const RESULT_CONDITIONS: Readonly<Record<RequestResult, string>> = {
  succeeded: "(status < 400 AND outcome = 'success')",
  failed: `(status = 429 OR status >= 500 OR (${broken}))`,
  rateLimited: 'status = 429',
  serverErrors: 'status >= 500',
  broken: `(${broken})`,
  clientErrors: `((status BETWEEN 400 AND 499 AND status NOT IN (429, 499)) OR (status < 400 AND ${isClients}))`,
  cancelled: 'status = 499',
};

/**
 * Whether an attempt with this verdict counts as failed: it brought no answer, and that was neither
 * the client's doing nor because another key was faster.
 */
export function isFailedAttempt(verdict: string): boolean {
  return verdict !== 'success' && verdict !== 'outrun' && !CLIENT_OUTCOMES.includes(verdict);
}

/** The same in SQL, over the columns of an error's row. */
export const FAILED_ATTEMPT = `verdict NOT IN ('success', 'outrun', ${clientOutcomes.slice(1)}`;
