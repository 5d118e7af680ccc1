import { judge, VERDICTS, type Outcome, type Verdict } from '../../balancer/attempts/verdict';
import { readAnswer } from '../../openai/answer/answer-facts';
import { readUpstreamError } from '../../openai/errors/errors';
import { closedWith, closeKind, closeReasonText, errorTextIn, failureTextIn, type EventKind } from './events';
import type { Frame } from '../../upstream/socket/socket-end';

/** An error within what is answered says itself which status it stands for. */
const SUCCESS = 200;

/** What an error means that was said in a message. `now` in milliseconds since the epoch. */
export function outcomeOfText(
  body: string,
  model: string | undefined,
  now: number,
): Extract<Outcome, { kind: 'answer' }> {
  return { kind: 'answer', ...readAnswer({ status: SUCCESS, headers: {}, body, model }, now) };
}

/** How a conversation came to its end that the provider had begun to answer. */
export interface SaidEnd {
  readonly end: 'whole' | Verdict;
  readonly message: string | undefined;
}

/**
 * The last word of a provider in a conversation: an error that no whole response has followed is how it ended, whoever
 * closes the connection then, and so is a close with a code of trouble.
 */
export class LastWord {
  #error: string | undefined;

  constructor(
    private readonly parts: {
      readonly model: () => string | undefined;
      /** Milliseconds since the epoch. */
      readonly now: () => number;
    },
  ) {}

  /** The provider has said this. */
  heard(frame: Frame, kind: EventKind | undefined): void {
    const error = errorTextIn(frame) ?? (kind === 'ended' ? failureTextIn(frame) : undefined);
    if (error !== undefined) this.#error = error;
    else if (kind === 'ended') this.#error = undefined;
  }

  /** The client has closed the connection as usual. */
  left(): SaidEnd {
    if (this.#error === undefined) return { end: 'whole', message: undefined };
    return { end: this.#judge(this.#error), message: readUpstreamError(this.#error)?.message };
  }

  /** The provider has closed it. A code that tells of no trouble at the provider costs it nothing. */
  closed(code: number, reason: string): SaidEnd {
    const kind = closeKind(code);
    const said = this.left();
    if (kind === 'usual') return { ...said, message: said.message ?? closedWith(code, reason) };
    const message = closedWith(code, said.message ?? reason);
    if (said.end !== 'whole') return { end: said.end, message };
    if (kind === 'trouble') return { end: VERDICTS.cut, message };
    const told = reason === '' ? VERDICTS.cut : this.#judge(closeReasonText(reason));
    return { end: { ...told, breaker: 'none' }, message };
  }

  #judge(text: string): Verdict {
    const { model, now } = this.parts;
    return judge(outcomeOfText(text, model(), now()));
  }
}
