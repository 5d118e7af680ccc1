import type { Dispatcher } from 'undici';
import type { Dialed } from '../balancer/attempt-loop';
import type { HeaderRecord, StopSignal } from '../balancer/ports';
import type { ErrorFacts, Outcome } from '../balancer/verdict';
import { isQuotaExhausted, readUpstreamError, type UpstreamError } from '../openai/errors';
import type { UpstreamAnswer } from './answer';
import { describeError, isStall, outcomeOfError } from './failure';
import { HELD_BYTES_MAX, LiveAnswer } from './live-answer';
import { redactText } from './redact';
import type { UpstreamKey } from './target';

/** What an error within a stream stands for when it does not say. */
const STREAM_ERROR_STATUS = 500;

/**
 * One attempt to get an answer, as undici's handler. It settles once, as soon as the attempt can be judged: at the head
 * of a successful answer, at the first event of a successful stream, at the end of a failed one (or 64 KB of it), or
 * at the failure. What comes after that concerns only the answer's reader.
 */
export class Dial implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #answer: LiveAnswer | undefined;
  #isSettled = false;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#fail({ kind: 'client_closed' });

  constructor(
    private readonly key: UpstreamKey,
    timeoutMs: number,
    private readonly signal: StopSignal,
    private readonly isThroughEgress: boolean,
    private readonly settle: (dialed: Dialed<UpstreamAnswer>) => void,
  ) {
    this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs);
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The request could not even be handed to the connection pool. */
  refuse(error: unknown): void {
    this.#fail(outcomeOfError(error, false));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isSettled) controller.abort(new Error('the request is not wanted any more'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HeaderRecord): void {
    if (status < 200 || this.#isSettled) return;
    this.#answer = new LiveAnswer(controller, status, headers, this.key);
    if (status < 300 && !this.#answer.isEventStream) this.#settleAnswered(this.#answer, undefined);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    answer.receive(chunk);
    if (this.#isSettled) return;
    if (answer.status < 300) {
      if (answer.hasEvent || answer.heldBytes > HELD_BYTES_MAX) this.#settleStream(answer);
    } else if (answer.heldBytes > HELD_BYTES_MAX) this.#settleFailed(answer);
  }

  onResponseEnd(): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    answer.end();
    if (this.#isSettled) return;
    if (answer.status >= 300) this.#settleFailed(answer);
    else if (answer.hasEvent) this.#settleStream(answer);
    else this.#finish({ outcome: { kind: 'empty_stream' }, answer: undefined });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#isSettled) {
      this.#answer?.breakOff(isStall(error) ? 'stalled' : 'cut', this.#describe(error));
    } else if (this.#answer !== undefined && this.#answer.status >= 300) {
      this.#settleBroken(this.#answer);
    } else {
      const outcome = outcomeOfError(error, this.#controller !== undefined);
      this.#fail('message' in outcome ? { ...outcome, message: this.#describe(error) } : outcome);
    }
  }

  #onTimeout(): void {
    const answer = this.#answer;
    if (answer !== undefined && answer.status >= 300) {
      this.#settleBroken(answer);
      answer.abort();
    } else if (this.#controller === undefined) {
      const at = this.isThroughEgress ? 'egress' : 'upstream';
      this.#fail({ kind: 'dial_failed', at, message: 'no connection in time' });
    } else {
      this.#fail({ kind: 'timeout', phase: answer === undefined ? 'headers' : 'first_event' });
    }
  }

  #settleAnswered(answer: LiveAnswer, error: ErrorFacts | undefined): void {
    const { status, headers } = answer;
    this.#finish({ outcome: { kind: 'answer', status, headers, error }, answer });
  }

  #settleStream(answer: LiveAnswer): void {
    if (answer.firstError === undefined) return this.#settleAnswered(answer, undefined);
    const { firstError, headers } = answer;
    answer.readError();
    const status = firstError.status ?? STREAM_ERROR_STATUS;
    const error = this.#factsOf(firstError);
    this.#finish({ outcome: { kind: 'stream_error', status, headers, error }, answer });
  }

  #settleFailed(answer: LiveAnswer): void {
    const error = readUpstreamError(answer.readError());
    this.#settleAnswered(answer, error === undefined ? undefined : this.#factsOf(error));
  }

  /** The status is known but the body is not whole, so it can be judged and not be passed on. */
  #settleBroken(answer: LiveAnswer): void {
    const { status, headers } = answer;
    this.#finish({ outcome: { kind: 'answer', status, headers, error: undefined }, answer: undefined });
  }

  #fail(outcome: Outcome): void {
    if (this.#isSettled) return;
    this.#finish({ outcome, answer: undefined });
    this.#controller?.abort(new Error('the attempt is over'));
  }

  #finish(dialed: Dialed<UpstreamAnswer>): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.signal.removeEventListener('abort', this.#onAbort);
    this.settle(dialed);
  }

  #factsOf(error: UpstreamError): ErrorFacts {
    const code = error.code ?? error.type;
    return {
      code: code === undefined ? undefined : redactText(code, this.key),
      message: error.message === undefined ? undefined : redactText(error.message, this.key),
      isQuotaExhausted: isQuotaExhausted(error),
    };
  }

  #describe(error: unknown): string {
    return redactText(describeError(error), this.key);
  }
}
