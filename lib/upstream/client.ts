import type { Dialed } from '../balancer/attempt-loop';
import type { UpstreamAnswer } from './answer';
import { Dial } from './dial';
import { Dispatchers } from './dispatchers';
import { upstreamRequestHeaders } from './request-headers';
import type { UpstreamKey, UpstreamRequest, UpstreamTarget } from './target';

/** Sends requests to providers. */
export class UpstreamClient {
  readonly #dispatchers = new Dispatchers();

  /**
   * One attempt. Never rejects: whatever goes wrong is the outcome. When the signal fires the upstream request ends
   * at once. The body's bytes go out as they are.
   */
  dial(
    target: UpstreamTarget,
    key: UpstreamKey,
    request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<Dialed<UpstreamAnswer>> {
    return new Promise((resolve) => {
      const dial = new Dial(key, target.timeoutMs, signal, resolve);
      try {
        const { dispatcher, pathPrefix } = this.#dispatchers.for(target);
        dispatcher.dispatch(
          {
            method: request.method,
            path: pathPrefix + request.path,
            headers: upstreamRequestHeaders(request.rawHeaders, key.secret, target.customHeaders),
            body: request.body ?? null,
            // The dial has a timer of its own, which also covers connecting and the first event.
            headersTimeout: 0,
            bodyTimeout: target.idleTimeoutMs,
          },
          dial,
        );
      } catch (error) {
        dial.refuse(error);
      }
    });
  }

  /** Closes the connections of all other providers once their requests are done. */
  keepOnly(providers: ReadonlySet<string>): void {
    this.#dispatchers.keepOnly(providers);
  }

  close(): Promise<void> {
    return this.#dispatchers.close();
  }
}
