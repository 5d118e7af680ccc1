import type { StopSignal } from '../balancer/ports';
import type { Dialed } from '../balancer/attempt-loop';
import type { UpstreamAnswer } from './answer';
import { Dial } from './dial';
import { Dispatchers, type EgressTarget } from './dispatchers';
import { upstreamRequestHeaders } from './request-headers';
import type { UpstreamKey, UpstreamRequest, UpstreamTarget } from './target';

/** Sends requests to providers. */
export class UpstreamClient {
  readonly #dispatchers = new Dispatchers();

  /**
   * `onOwnTrouble` is told of each dial that failed for want of something on this side, and of what: "file
   * descriptors".
   */
  constructor(private readonly onOwnTrouble: (shortOf: string) => void = () => undefined) {}

  /**
   * One attempt, through the egress proxy if one is given and directly only if none is. Never rejects: whatever goes wrong
   * is the outcome. When the signal fires the upstream request ends at once. The body's bytes go out as they are.
   */
  dial(
    target: UpstreamTarget,
    key: UpstreamKey,
    request: UpstreamRequest,
    signal: StopSignal,
    egress?: EgressTarget,
  ): Promise<Dialed<UpstreamAnswer>> {
    return new Promise((resolve) => {
      const settle = (dialed: Dialed<UpstreamAnswer>): void => {
        if (dialed.outcome.kind === 'own_trouble') this.onOwnTrouble(dialed.outcome.shortOf);
        resolve(dialed);
      };
      const dial = new Dial({ target, key, request, signal, isThroughEgress: egress !== undefined }, settle);
      try {
        const { dispatcher, pathPrefix } = this.#dispatchers.for(target, egress);
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

  /** Closes the connections of all other providers and egress proxies once their requests are done. */
  keepOnly(providers: ReadonlySet<string>, egressIds: ReadonlySet<string>): void {
    this.#dispatchers.keepOnly(providers, egressIds);
  }

  close(): Promise<void> {
    return this.#dispatchers.close();
  }
}
