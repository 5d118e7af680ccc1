import {
  hasMicrosocks,
  hasTinyproxy,
  startFaultyProxy,
  startMicrosocks,
  startTinyproxy,
  type FaultyProxy,
  type TestProxy,
} from '../../../support/proxies';
import type { Refusal } from './refusals';

/** Two proxies for each refusal, so that what one does to them is not seen by the others. */
export class ProxyPairs {
  readonly #pairs = new Map<Refusal, readonly (TestProxy | FaultyProxy)[]>();

  async start(refusals: readonly Refusal[]): Promise<void> {
    for (const refusal of refusals) {
      const pair = await Promise.all([
        hasTinyproxy ? startTinyproxy() : startFaultyProxy(),
        hasMicrosocks ? startMicrosocks() : startFaultyProxy(),
      ]);
      this.#pairs.set(refusal, pair);
    }
  }

  urls(refusal: Refusal): string[] {
    return (this.#pairs.get(refusal) ?? []).map(({ url }) => url);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#pairs.values()].flat().map((proxy) => proxy.stop()));
  }
}
