import type { Dispatcher } from 'undici';
import type { Dialed } from '../../balancer/attempts/transport';
import type { HeaderRecord, StopSignal } from '../../balancer/ports';
import type { Outcome } from '../../balancer/attempts/verdict';
import type { UpstreamAnswer } from '../answer/answer';
import { DecodedBody, decodedHeaders, isDecodable, isIdentity } from '../answer/decoding';
import { DialTimers } from './dial-timers';
import { describeError, isLarge, isReset, isStall, outcomeOfError } from './failure';
import { LiveAnswer } from '../answer/live-answer';
import { openingOf, unreadable, type Opening } from './opening';
import type { Redactor } from '../redaction/redactor';
import { asksForEncoding } from '../headers/request-headers';
import type { UpstreamRequest, UpstreamTarget } from '../target';

export interface DialParts {
  readonly target: UpstreamTarget;
  /** Knows the secrets that the request is made with. */
  readonly redactor: Redactor;
  readonly request: UpstreamRequest;
  readonly signal: StopSignal;
  readonly isThroughEgress: boolean;
  readonly now: () => number;
  /** Whether one whose first content is due may be given up: somebody else could be asked. It may unless given. */
  readonly mayGiveUp?: (() => boolean) | undefined;
}

/** A part of an encoded body cannot be decoded. */
const PARTIAL_CONTENT = 206;

/**
 * One attempt to get an answer, as undici's handler. It settles once, as soon as the attempt can be judged: at the
 * first content of a successful answer, at the end of a failed one (or 64 KB of it), or at the failure. What comes
 * after that concerns only the answer's reader.
 */
export class Dial implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #answer: LiveAnswer | undefined;
  #opening: Opening | undefined;
  #decoded: DecodedBody | undefined;
  #isSettled = false;
  readonly #timers: DialTimers;
  readonly #onAbort = (): void => this.#fail({ kind: 'client_closed' });

  constructor(
    private readonly parts: DialParts,
    private readonly settle: (dialed: Dialed<UpstreamAnswer>) => void,
  ) {
    const { target, request, signal } = parts;
    this.#timers = new DialTimers(target, request.isStream === true, {
      onTimeout: () => this.#onTimeout(this.#answer === undefined ? 'headers' : 'first_event'),
      onFirstTokenTimeout: () => this.#onFirstTokenTimeout(),
      onHeldLong: () => this.#settleWith(this.#opening?.limit()),
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The request could not even be handed to the connection pool. */
  refuse(error: unknown): void {
    this.#fail(this.#outcomeOf(error, false));
  }

  /** A large body takes its time: that for the answer begins anew with each piece of it. */
  sending(): void {
    this.#timers.restart();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isSettled) controller.abort(new Error('the request is not wanted any more'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HeaderRecord): void {
    if (status < 200 || this.#isSettled) return;
    const { redactor, request, now } = this.parts;
    const { 'content-encoding': encoding } = headers;
    const hasBody = request.method !== 'HEAD';
    if (hasBody && status !== PARTIAL_CONTENT && isDecodable(encoding)) {
      this.#decoded = new DecodedBody(encoding, controller, {
        data: (chunk) => this.#receive(chunk),
        end: () => this.#end(),
        fail: (error) => this.#break(error),
      });
      headers = decodedHeaders(headers);
    }
    const answer = new LiveAnswer(this.#decoded ?? controller, status, headers, redactor, request, now);
    this.#answer = answer;
    if (hasBody && this.#isUnreadable(answer)) {
      this.#settleWith(unreadable(answer, nameOfEncoding(headers)));
      return answer.abort();
    }
    this.#opening = openingOf(answer, request.expects === 'answer');
    if (answer.stream !== undefined) this.#timers.streamBegan();
  }

  /** Nobody asked for it, a client cannot be trusted to know it, and nobody can tell what is in it. */
  #isUnreadable({ headers }: LiveAnswer): boolean {
    return !isIdentity(headers['content-encoding']) && !asksForEncoding(this.parts.target.customHeaders);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#decoded === undefined) this.#receive(chunk);
    else this.#decoded.write(chunk);
  }

  onResponseEnd(): void {
    if (this.#decoded === undefined) this.#end();
    else this.#decoded.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#decoded?.drop();
    this.#break(error);
  }

  #receive(chunk: Buffer): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    answer.receive(chunk);
    if (this.#isSettled) return;
    const opening = this.#opening;
    this.#settleWith(opening?.read());
    if (!this.#isSettled && opening !== undefined) this.#timers.heard(opening);
  }

  #end(): void {
    this.#answer?.end();
    if (!this.#isSettled) this.#settleWith(this.#opening?.end());
  }

  /** The body, or the attempt before there is one, came to an untimely end. */
  #break(error: Error): void {
    if (this.#isSettled) {
      this.#answer?.breakOff(isStall(error) ? 'stalled' : 'cut', this.#describe(error));
      return;
    }
    // We may have ended it ourselves because of what it says.
    const told = this.#answer?.isOver === true ? this.#opening?.read() : this.#opening?.broken();
    if (told !== undefined) return this.#settleWith(told);
    this.#fail(this.#outcomeOf(error, this.#controller !== undefined));
  }

  #onFirstTokenTimeout(): void {
    const opening = this.#opening;
    if (opening?.broken() === undefined && this.parts.mayGiveUp?.() === false) this.#timers.waitOn(opening);
    else this.#onTimeout('first_token');
  }

  #onTimeout(phase: Extract<Outcome, { kind: 'timeout' }>['phase']): void {
    if (this.#controller === undefined) {
      const at = this.parts.isThroughEgress ? 'egress' : 'upstream';
      return this.#fail({ kind: 'dial_failed', at, message: 'no connection in time' });
    }
    const broken = this.#opening?.broken();
    if (broken === undefined) return this.#fail({ kind: 'timeout', phase });
    this.#settleWith(broken);
    this.#answer?.abort();
  }

  #fail(outcome: Outcome): void {
    if (this.#isSettled) return;
    this.#settleWith({ outcome, answer: undefined });
    const reason = new Error('the attempt is over');
    if (this.#decoded !== undefined) this.#decoded.abort(reason);
    else this.#controller?.abort(reason);
  }

  #settleWith(dialed: Dialed<UpstreamAnswer> | undefined): void {
    if (dialed === undefined || this.#isSettled) return;
    this.#isSettled = true;
    this.#timers.stop();
    this.parts.signal.removeEventListener('abort', this.#onAbort);
    this.settle(dialed);
  }

  #outcomeOf(error: unknown, isSent: boolean): Outcome {
    const told = outcomeOfError(error, isSent);
    const outcome = this.#isInSending(told, error) ? { ...told, kind: 'lost_in_sending' as const } : told;
    return 'message' in outcome ? { ...outcome, message: this.#describe(error) } : outcome;
  }

  /** Nothing of an answer has come, and the request may not have got there whole. */
  #isInSending(outcome: Outcome, error: unknown): outcome is Extract<Outcome, { kind: 'lost' }> {
    return (
      outcome.kind === 'lost' && this.#answer === undefined && isReset(error) && isLarge(this.parts.request)
    );
  }

  #describe(error: unknown): string {
    return this.parts.redactor.text(describeError(error));
  }
}

function nameOfEncoding(headers: HeaderRecord): string {
  return String(headers['content-encoding']).slice(0, 20);
}
