import type { BodyEnd, BodySink, UpstreamAnswer } from '../../../lib/upstream/answer/answer';

/** An answer that the test feeds. */
export class FedAnswer implements UpstreamAnswer {
  status = 200;
  headers: UpstreamAnswer['headers'] = { 'content-type': 'application/json' };
  isEventStream = false;
  errorText: string | undefined;
  errorData: string | undefined;
  usage: UpstreamAnswer['usage'];
  bytes = 0;
  passedTokens: UpstreamAnswer['passedTokens'] = { least: 0, most: 0 };
  brokenFacts: UpstreamAnswer['brokenFacts'];
  sink: BodySink | undefined;
  /** What was held for the sink before it came. */
  held: string[] = [];
  resumes = 0;
  isAborted = false;

  attach(sink: BodySink): void {
    this.sink = sink;
    for (const chunk of this.held) sink.data(Buffer.from(chunk));
  }

  resume(): void {
    this.resumes += 1;
  }

  abort(): void {
    this.isAborted = true;
  }

  stop(): void {
    this.isAborted = true;
  }

  data(text: string): boolean {
    return this.sink!.data(Buffer.from(text));
  }

  fail(kind: BodyEnd['kind'], more: Partial<BodyEnd> = {}): void {
    this.sink!.fail({ kind, message: `it was ${kind}`, isMidEvent: false, ...more });
  }
}
