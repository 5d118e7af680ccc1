import type { BodyShare } from '../../../lib/gateway/body/body-share';
import type { ClientRequest, ClientResponse } from '../../../lib/gateway/exchange/exchange';
import type { Gateway } from '../../../lib/gateway/gateway';
import type { GatewayRoute } from '../../../lib/gateway/request/route';

export interface Handled {
  readonly route: GatewayRoute;
  readonly request: ClientRequest;
  readonly response: ClientResponse;
}

/** In place of the gateway behind one of its ways in: hands over what comes, and the test does the rest. */
export class HandledRequests {
  readonly all: Handled[] = [];
  #waiting: ((handled: Handled) => void)[] = [];

  /** As far as a way in calls it. */
  get gateway(): Gateway {
    const handle = (route: GatewayRoute, request: ClientRequest, response: ClientResponse): Promise<void> => {
      const handled = { route, request, response };
      this.all.push(handled);
      for (const resolve of this.#waiting.splice(0)) resolve(handled);
      return Promise.resolve();
    };
    return { handle } as unknown as Gateway;
  }

  /** The next one that comes. */
  next(): Promise<Handled> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Fires as soon as the client has gone. */
export function gone({ signal }: ClientRequest): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

/** A share of memory that is granted as `grant` says. */
export function shareOf(grant: (bytes: number) => true | Promise<boolean> = () => true) {
  const grown: number[] = [];
  let completed: number | undefined;
  const share = {
    bytes: 0,
    reading: undefined as Parameters<BodyShare['watch']>[0] | undefined,
    grow(bytes: number) {
      grown.push(bytes);
      const granted = grant(bytes);
      if (granted === true) share.bytes = bytes;
      return granted;
    },
    watch: (reading: Parameters<BodyShare['watch']>[0]) => void (share.reading = reading),
    complete: (bytes: number) => void (completed = bytes),
  };
  return {
    share: share as unknown as BodyShare,
    grown,
    get completed() {
      return completed;
    },
    giveUp: () => share.reading?.giveUp(),
    get isWatched() {
      return share.reading !== undefined;
    },
  };
}
