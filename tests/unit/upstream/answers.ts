import type { BodySink, UpstreamAnswer } from '../../../lib/upstream/answer/answer';

export interface AnswerScript {
  readonly status: number;
  readonly body: string;
  readonly headers?: UpstreamAnswer['headers'];
  readonly isEventStream?: boolean;
  /** The body breaks off after its text. */
  readonly isCut?: boolean;
  /** The body never ends. */
  readonly isStalled?: boolean;
  readonly onAbort?: () => void;
}

/** An answer whose body is there at once. */
export function answerOf(script: AnswerScript): UpstreamAnswer {
  const { status, body, headers = {}, isEventStream = false, isCut, isStalled, onAbort } = script;
  return {
    status,
    headers,
    isEventStream,
    errorText: status < 300 ? undefined : body,
    usage: undefined,
    bytes: body.length,
    passedTokens: { least: 0, most: 0 },
    attach(sink: BodySink) {
      sink.data(Buffer.from(body));
      if (isCut === true) sink.fail({ kind: 'cut', message: 'cut', isMidEvent: false });
      else if (isStalled !== true) sink.end();
    },
    resume: () => undefined,
    abort: () => onAbort?.(),
    stop: () => onAbort?.(),
  };
}
