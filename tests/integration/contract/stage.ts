import { afterAll, beforeAll, inject, it } from 'vitest';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { Program, StartAny } from './faces';
import { StagedProvider, type ProviderSpec } from './staged-provider';

type Specs<Name extends string> = Readonly<Record<Name, ProviderSpec>>;

/**
 * One server and one scripted upstream for all tests of a describe. Each test gets providers of its own, with keys of
 * their own, so that no state is shared and the tests can run side by side.
 */
export class Stage {
  server!: Program;
  readonly #providers: StagedProvider[] = [];
  #upstream: ScriptedUpstream | undefined;
  #count = 0;

  constructor(start: StartAny, env: Readonly<Record<string, unknown>> = {}) {
    beforeAll(async () => {
      const upstream = await startScriptedUpstream();
      this.#upstream = upstream;
      for (const provider of this.#providers) await provider.prepare(upstream);
      const PROVIDERS_CONFIG = this.#providers.map((provider) => provider.config);
      this.server = await start({ ...env, PROVIDERS_CONFIG });
      for (const provider of this.#providers) provider.server = this.server;
    });
    afterAll(async () => {
      for (const provider of this.#providers) await provider.clear();
      await this.#upstream?.stop();
    });
  }

  /** A test with a provider of its own. */
  it(title: string, spec: ProviderSpec, body: (provider: StagedProvider) => Promise<void>): void {
    this.itAmong(title, { provider: spec }, ({ provider }) => body(provider));
  }

  /** A test with several. Their `fallbacks` call each other by the names given here. */
  itAmong<Name extends string>(
    title: string,
    specs: Specs<Name>,
    body: (providers: Readonly<Record<Name, StagedProvider>>) => Promise<void>,
  ): void {
    const test = (this.#count += 1);
    const slugOf = (name: string): string => `t${test}-${name}`;
    const providers = {} as Record<Name, StagedProvider>;
    for (const name in specs) {
      const provider = new StagedProvider(slugOf(name), specs[name], slugOf);
      this.#providers.push(provider);
      providers[name] = provider;
    }
    const waits = Object.values<ProviderSpec>(specs).some((spec) => spec.waits === true);
    const isLeftOut = waits && inject('faces').includes('in process');
    it.skipIf(isLeftOut).concurrent(title, () => body(providers));
  }
}
