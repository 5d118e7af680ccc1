import { VERDICTS, type Verdict } from '../../balancer/attempts/verdict';
import { upstreamErrorEvent } from '../../openai/errors/error-event';
import { errorBody, errorEvent } from '../../openai/errors/errors';
import type { BodyEnd, UpstreamAnswer } from '../../upstream/answer/answer';
import type { AnswerIds } from '../../openai/objects/answer-ids';
import { clientResponseHeaders } from '../../upstream/headers/response-headers';
import { GATEWAY_ERRORS } from './errors';
import type { ClientRequest, ClientResponse } from '../exchange/exchange';
import { STREAM_HEADERS } from './keep-alive';
import { withRetryAfter } from './retry-after';

/**
 * How an answer that was passed on came to its end; `cut` for one with an error in its middle too, however it ended.
 */
export interface RelayEnd {
  readonly end: 'whole' | Verdict;
  readonly message: string | undefined;
}

export interface RelayExtras {
  /** Sees the answer's bytes. */
  readonly watch?: AnswerIds | undefined;
  /** When the same request would find a key, as far as the gateway knows; milliseconds. */
  readonly freeInMs?: number | undefined;
}

/**
 * Passes an upstream's answer on as it comes, with back-pressure; resolves with how it ended, and never rejects. A body
 * that breaks off never looks complete: an event stream gets a last error event, and the connection closes early.
 */
export function relay(
  answer: UpstreamAnswer,
  request: ClientRequest,
  response: ClientResponse,
  requestId: string,
  { watch, freeInMs }: RelayExtras = {},
): Promise<RelayEnd> {
  return new Promise((resolve) => {
    const finish = (end: RelayEnd): void => {
      request.signal.removeEventListener('abort', onClientGone);
      resolve(end);
    };
    const onClientGone = (): void => {
      answer.abort();
      finish({ end: VERDICTS.client_closed, message: 'the client closed the connection' });
    };
    if (request.signal.aborted) return onClientGone();
    request.signal.addEventListener('abort', onClientGone);

    try {
      response.start(answer.status, headersFor(answer, requestId, freeInMs));
    } catch (error) {
      // An answer whose head cannot be passed on, such as a status that does not exist.
      answer.abort();
      response.breakOff(undefined);
      return finish({ end: VERDICTS.cut, message: String(error) });
    }
    response.onDrain(() => answer.resume());
    const body = new BodyWriter(response);
    answer.attach({
      data(chunk) {
        watch?.push(chunk);
        return body.write(chunk);
      },
      end() {
        watch?.end();
        body.end();
        finish(endOf(answer));
      },
      fail(end) {
        body.sendFirst();
        response.breakOff(answer.isEventStream || end.isLines === true ? lastWords(end) : undefined);
        finish({ end: VERDICT_OF[end.kind], message: end.message });
      },
    });
    body.attached();
  });
}

/** What has been held of a short answer goes out with its end, in one write. */
class BodyWriter {
  #first: Buffer | undefined;
  #isAttaching = true;

  constructor(private readonly response: ClientResponse) {}

  write(chunk: Buffer): boolean {
    if (this.#isAttaching && this.#first === undefined) {
      this.#first = chunk;
      return true;
    }
    this.sendFirst();
    return this.response.write(chunk);
  }

  sendFirst(): void {
    if (this.#first !== undefined) this.response.write(this.#first);
    this.#first = undefined;
  }

  end(): void {
    this.response.end(this.#first);
    this.#first = undefined;
  }

  /** Everything that had been held has come. */
  attached(): void {
    this.#isAttaching = false;
    this.sendFirst();
  }
}

/** How an answer ended that came to its end. */
function endOf({ brokenFacts: broken }: UpstreamAnswer): RelayEnd {
  if (broken === undefined) return { end: 'whole', message: undefined };
  return { end: VERDICTS.cut, message: broken.message ?? broken.code ?? 'an error within the stream' };
}

/** Event streams end where they end. */
function headersFor(answer: UpstreamAnswer, requestId: string, freeInMs: number | undefined): string[] {
  const headers = answer.isEventStream
    ? clientResponseHeaders({
        ...answer.headers,
        'content-length': undefined,
        ...STREAM_HEADERS,
      })
    : clientResponseHeaders(withRetryAfter(answer, freeInMs));
  headers.push('x-request-id', requestId);
  return headers;
}

const VERDICT_OF = { cut: VERDICTS.cut, stalled: VERDICTS.stalled, stopped: VERDICTS.shutting_down } as const;

const LAST_WORDS = {
  cut: { code: 'stream_cut', message: 'The upstream broke off in the middle of its answer.' },
  stalled: { code: 'stream_stalled', message: 'The upstream went silent in the middle of its answer.' },
  stopped: {
    code: 'shutting_down',
    message: 'The gateway is shutting down and had to break off this answer.',
  },
} as const;

function lastWords({ kind, isMidEvent, errorText, format, isLines }: BodyEnd): Buffer {
  const { code, message } = LAST_WORDS[kind];
  if (isLines === true) {
    const line = errorBody({ message, type: GATEWAY_ERRORS[code].type, code });
    return Buffer.from(`${isMidEvent ? '\n' : ''}${line}\n`);
  }
  const event =
    errorText === undefined
      ? errorEvent({ message, type: GATEWAY_ERRORS[code].type, code }, format)
      : upstreamErrorEvent(errorText, message);
  return isMidEvent ? Buffer.concat([Buffer.from('\n\n'), event]) : event;
}
