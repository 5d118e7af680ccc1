import type { AlertReceiver } from '../config/alert-rules';
import type { Delivered } from './alert-state';
import { FORMS } from './forms/all';
import type { Posting } from './forms/form';
import { cutTo, oneLine, type AlertMessage } from './message';
import { signed } from './signature';

type Answer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly text: string;
    }
  | { readonly ok: false; readonly why: string };

export interface DeliveryPorts {
  /** Never rejects. */
  readonly send: (posting: Posting, signal: AbortSignal) => Promise<Answer>;
  /** Rejects when the signal fires. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Trying {
  readonly signal: AbortSignal;
  /** In all; four by default. */
  readonly tries?: number;
  /** Told of each try that failed and is not the last. */
  readonly onFailedTry?: (delivered: Delivered) => void;
}

const PAUSES_MS = [1_000, 5_000, 25_000];
const PAUSE_MS_MAX = 60_000;
const ERROR_CHARS = 200;
const SECRET_CHARS_MIN = 6;
/** Worth another try: the receiver is short of something, or out. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Sends a message, and again after a pause while that may help. Rejects only when the signal fires.
 */
export async function deliver(
  receiver: AlertReceiver,
  message: AlertMessage,
  ports: DeliveryPorts,
  { signal, tries = PAUSES_MS.length + 1, onFailedTry }: Trying,
): Promise<Delivered> {
  for (let tried = 1; ; tried++) {
    const answer = await ports.send(postingOf(receiver, message, ports.now()), signal);
    signal.throwIfAborted();
    const delivered = outcomeOf(answer, receiver);
    const pause = PAUSES_MS[tried - 1];
    if (delivered.ok || tried >= tries || pause === undefined || !mayHelp(answer)) return delivered;
    onFailedTry?.(delivered);
    await ports.wait(Math.max(pause, askedPause(answer)), signal);
  }
}

function postingOf(receiver: AlertReceiver, message: AlertMessage, now: number): Posting {
  const { url, headers, body } = FORMS[receiver.kind](receiver, message);
  const signature = signed(receiver.secret, Math.floor(now / 1000), body);
  return { url, body, headers: { ...headers, 'x-balance-id': message.id, ...signature } };
}

function outcomeOf(answer: Answer, receiver: AlertReceiver): Delivered {
  if (!answer.ok) return { ok: false, status: null, error: shown(answer.why, receiver) };
  const { status, text } = answer;
  if (status >= 200 && status < 300) return { ok: true, status, error: null };
  if (status >= 300 && status < 400) {
    return { ok: false, status, error: `answered with status ${status}, and redirects are not followed` };
  }
  const words = shown(text, receiver);
  return { ok: false, status, error: `answered with status ${status}${words === '' ? '' : `: ${words}`}` };
}

function mayHelp(answer: Answer): boolean {
  return !answer.ok || answer.status >= 500 || PASSING.has(answer.status);
}

function askedPause(answer: Answer): number {
  const seconds = answer.ok ? Number(answer.retryAfter) : 0;
  return seconds > 0 ? Math.min(seconds * 1000, PAUSE_MS_MAX) : 0;
}

/** One short line without what nobody but the receiver may know. */
function shown(text: string, { url, token, secret, chatId }: AlertReceiver): string {
  const { pathname, search } = new URL(url);
  const secrets = [token, secret, chatId, pathname + search, ...pathname.split('/'), ...search.split(/[?&=]/)]
    .filter((part) => part.length >= SECRET_CHARS_MIN)
    .toSorted((a, b) => b.length - a.length);
  const hidden = secrets.reduce((rest, part) => rest.replaceAll(part, '***'), oneLine(text));
  return cutTo(hidden, (part) => part.length <= ERROR_CHARS);
}
