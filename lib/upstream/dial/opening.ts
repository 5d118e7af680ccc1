import type { Dialed } from '../../balancer/attempts/transport';
import type { Outcome } from '../../balancer/attempts/verdict';
import { ANSWER, type Facts } from '../../balancer/facts';
import { checkAnswer } from '../../openai/answer/answer-check';
import { answerIdIn } from '../../openai/answer/answer-id';
import { accountOf } from '../../openai/limits/account';
import { seenLimits } from '../../openai/limits/seen-limits';
import type { UpstreamAnswer } from '../answer/answer';
import { HELD_BYTES_MAX, HELD_STREAM_BYTES_MAX, type LiveAnswer } from '../answer/live-answer';

const HELD_EVENTS_MAX = 64;

type Settled = Dialed<UpstreamAnswer>;

/**
 * The beginning of an answer, up to the point where the attempt can be judged. Nothing of it reaches the client
 * before, so that the next key can still be taken.
 */
export interface Opening {
  /** After each piece that came; undefined as long as it cannot be told. */
  read(): Settled | undefined;
  /** All has come. */
  end(): Settled;
  /** It has been held long enough. */
  limit(): Settled;
  /** Something is held, so there is a limit to it. */
  readonly isHeld: boolean;
  /** The upstream has said something, so the time-out for that is over. */
  readonly hasBegun: boolean;
  /** The body broke off, and its status alone has to do; undefined where that is worth nothing. */
  broken(): Settled | undefined;
}

export function openingOf(answer: LiveAnswer, expectsAnswer: boolean): Opening {
  if (answer.status >= 300) return new FailedOpening(answer);
  return answer.isUndecided
    ? new UndecidedOpening(answer, expectsAnswer)
    : successOpening(answer, expectsAnswer);
}

function successOpening(answer: LiveAnswer, expectsAnswer: boolean): Opening {
  if (answer.stream !== undefined) return new StreamOpening(answer, answer.stream);
  return expectsAnswer && answer.isReadable && isJudged(answer)
    ? new JudgedOpening(answer)
    : new PlainOpening(answer);
}

/** An answer whose body cannot be read: it is judged by its status alone, and not passed on. */
export function unreadable(answer: LiveAnswer, encoding: string): Settled {
  return answer.status >= 300
    ? { outcome: failed(answer).outcome, answer: undefined }
    : { outcome: noAnswer(answer, `a body in the encoding '${encoding}'`), answer: undefined };
}

/** A status that says that there is no answer: its body tells more. */
class FailedOpening implements Opening {
  readonly isHeld = false;
  readonly hasBegun = false;

  constructor(private readonly answer: LiveAnswer) {}

  read(): Settled | undefined {
    return this.answer.heldBytes > HELD_BYTES_MAX ? this.end() : undefined;
  }

  end(): Settled {
    return failed(this.answer);
  }

  limit(): Settled {
    return this.end();
  }

  /** It can be judged, but not be passed on. */
  broken(): Settled {
    return { outcome: failed(this.answer).outcome, answer: undefined };
  }
}

/** An event stream is an answer once there is content in it. */
class StreamOpening implements Opening {
  constructor(
    private readonly answer: LiveAnswer,
    private readonly stream: NonNullable<LiveAnswer['stream']>,
  ) {}

  get isHeld(): boolean {
    return this.answer.bytes > 0;
  }

  get hasBegun(): boolean {
    return this.stream.opening !== 'nothing' && this.stream.opening !== 'comment';
  }

  read(): Settled | undefined {
    const { opening, heldEvents } = this.stream;
    if (opening === 'content') return answered(this.answer);
    if (opening === 'error') return failed(this.answer);
    const isTooMuch = heldEvents > HELD_EVENTS_MAX || this.answer.heldBytes > HELD_STREAM_BYTES_MAX;
    return isTooMuch ? this.limit() : undefined;
  }

  end(): Settled {
    const { opening } = this.stream;
    if (opening === 'content') return answered(this.answer);
    if (opening === 'error') return failed(this.answer);
    return { outcome: { kind: 'empty_stream' }, answer: undefined };
  }

  limit(): Settled {
    this.answer.decide();
    return this.end();
  }

  broken(): undefined {
    return undefined;
  }
}

/** An answer whose first bytes are to tell whether it is an event stream. */
class UndecidedOpening implements Opening {
  #decided: Opening | undefined;

  constructor(
    private readonly answer: LiveAnswer,
    private readonly expectsAnswer: boolean,
  ) {}

  get isHeld(): boolean {
    return this.#opening?.isHeld ?? this.answer.bytes > 0;
  }

  get hasBegun(): boolean {
    return this.#opening?.hasBegun ?? false;
  }

  read(): Settled | undefined {
    return this.#opening?.read();
  }

  end(): Settled {
    return this.#decide().end();
  }

  limit(): Settled {
    return this.#decide().limit();
  }

  broken(): Settled | undefined {
    return this.#opening?.broken();
  }

  get #opening(): Opening | undefined {
    return this.answer.isUndecided ? undefined : this.#decide();
  }

  #decide(): Opening {
    if (this.answer.isUndecided) this.answer.decide();
    this.#decided ??= successOpening(this.answer, this.expectsAnswer);
    return this.#decided;
  }
}

/** A body that may turn out to be no answer. */
class JudgedOpening implements Opening {
  constructor(private readonly answer: LiveAnswer) {}

  get isHeld(): boolean {
    return this.answer.bytes > 0;
  }

  get hasBegun(): boolean {
    return this.answer.bytes > 0;
  }

  read(): Settled | undefined {
    return this.answer.heldBytes > HELD_BYTES_MAX ? this.limit() : undefined;
  }

  end(): Settled {
    return this.#check(true);
  }

  limit(): Settled {
    return this.#check(false);
  }

  broken(): undefined {
    return undefined;
  }

  #check(isWhole: boolean): Settled {
    const { answer } = this;
    const check = checkAnswer(answer.peek(), answer.contentType, isWhole);
    if (isWhole && check === 'answer' && answer.endsWithinJson)
      return { outcome: noAnswer(answer, 'JSON that ends half-way'), answer: undefined };
    switch (check) {
      case 'answer':
        return answered(answer);
      case 'error':
        return failed(answer);
      case 'no_choice': {
        answer.readError();
        return { outcome: noAnswer(answer, 'an answer without a choice'), answer };
      }
      case 'html':
      case 'empty': {
        if (!isWhole) answer.abort();
        const what = check === 'html' ? 'a page of HTML' : 'an empty body';
        return { outcome: noAnswer(answer, `${what} instead of an answer`), answer: undefined };
      }
    }
  }
}

/** Anything else is an answer with its first byte. */
class PlainOpening implements Opening {
  readonly isHeld = false;

  constructor(private readonly answer: LiveAnswer) {}

  get hasBegun(): boolean {
    return this.answer.bytes > 0;
  }

  read(): Settled | undefined {
    return this.answer.bytes > 0 ? answered(this.answer) : undefined;
  }

  end(): Settled {
    return answered(this.answer);
  }

  limit(): Settled {
    return answered(this.answer);
  }

  broken(): undefined {
    return undefined;
  }
}

/** Sound and pictures flow as they come, and so do JSON texts one after the other. */
function isJudged({ status, contentType }: LiveAnswer): boolean {
  if (status === 204 || status === 205) return false;
  if (contentType === 'application/json') return true;
  const type = (contentType.split(';', 1)[0] ?? '').trim();
  return type === '' || type.startsWith('text/') || /[/+]json$/.test(type);
}

function answered(answer: LiveAnswer): Settled {
  return { outcome: outcomeOf(answer, answer.status, ANSWER), answer };
}

function failed(answer: LiveAnswer): Settled {
  const { status, facts } = answer.readError();
  return { outcome: outcomeOf(answer, status, facts), answer };
}

/** The outcome of an answer that holds no content. */
const NO_ANSWER_STATUS = 502;

function noAnswer(answer: LiveAnswer, message: string): Settled['outcome'] {
  const facts: Facts = { subject: 'provider', rule: 'no_answer', code: undefined, message };
  return outcomeOf(answer, NO_ANSWER_STATUS, facts);
}

function outcomeOf(answer: LiveAnswer, status: number, facts: Facts): Settled['outcome'] {
  return new AnswerOutcome(status, facts, answer);
}

type Answered = Extract<Outcome, { kind: 'answer' }>;

/** Whatever else an answer is, what its headers say of its key holds. They are read when somebody asks. */
class AnswerOutcome implements Answered {
  readonly kind = 'answer';
  readonly #answer: LiveAnswer;

  constructor(
    readonly status: number,
    readonly facts: Facts,
    answer: LiveAnswer,
  ) {
    this.#answer = answer;
  }

  get limits(): Answered['limits'] {
    const { headers, arrivedAt } = this.#answer;
    return seenLimits(headers, arrivedAt);
  }

  get account(): string | undefined {
    return accountOf(this.#answer.headers);
  }

  get upstreamId(): string | undefined {
    return answerIdIn(this.#answer.headers);
  }
}
