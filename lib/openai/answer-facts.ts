import type { Facts } from '../balancer/facts';

/** An upstream's answer that is no success, or an error event within one. */
export interface AnswerToRead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Decoded text; as much of it as has been read. */
  readonly body: string;
}

/** What an answer says, and the status that it stands for (an error within a 200 has its own). */
export interface ReadAnswer {
  readonly status: number;
  readonly facts: Facts;
}

/** PLACEHOLDER of the worktree: the real one is written elsewhere with this very signature. */
export function readAnswer({ status, body }: AnswerToRead, _now: number): ReadAnswer {
  const meant = status >= 300 ? status : 500;
  const subject = meant === 429 ? 'rate' : meant >= 500 ? 'provider' : meant === 401 ? 'key' : 'request';
  return { status: meant, facts: { subject, rule: 'placeholder', code: undefined, message: body.slice(0, 200) } };
}
