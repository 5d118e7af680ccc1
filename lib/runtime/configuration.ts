import type { LiveSettings } from '../config/live-settings';
import type { Settings } from '../config/settings';
import { createAccess } from '../gateway/access';
import type { GatewayConfig } from '../gateway/config';
import type { Store } from '../store';
import { keyHint } from '../store/key-hint';
import { planProviders, PLANNING_SETTINGS } from './provider-plan';
import { syncProviders, type Inventory } from './provider-sync';
import type { Providers } from './providers';

const RETRY_MS = 1_000;

/**
 * Follows the settings: brings the store in line, then swaps the gateway's configuration in one step, so that keys and
 * the address they are for never mix. Changes are applied in order; one that the database refuses is tried again, and
 * until then everything stays as it was.
 */
export class Configuration {
  #inventory: Inventory;
  #applying: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly parts: {
      readonly store: Store;
      readonly settings: LiveSettings;
      readonly providers: Providers;
      readonly inventory: Inventory;
      /** The client token made for an installation that configured none. */
      readonly madeToken: () => string;
      readonly now: () => number;
      readonly publish: (config: GatewayConfig) => void;
      readonly onError: (error: unknown) => void;
    },
  ) {
    this.#inventory = parts.inventory;
  }

  /** The configuration by the settings of this moment; rejects if the store cannot be brought in line. */
  async compile(): Promise<GatewayConfig> {
    return this.#compileOnly(await this.#syncStore());
  }

  /** Applies every change from now on. */
  follow(): () => void {
    const stop = this.parts.settings.subscribe((current, changed) => {
      if (PLANNING_SETTINGS.some((name) => changed.has(name))) this.#applySoon();
      else if (this.#retry === undefined) this.#applyInOrder(() => Promise.resolve(current));
    });
    return () => {
      this.#isClosed = true;
      clearTimeout(this.#retry);
      stop();
    };
  }

  /** Resolves when the changes so far are in force. */
  settled(): Promise<void> {
    return this.#applying;
  }

  /** Resolves with the settings that the store is now in line with. */
  async #syncStore(): Promise<Settings> {
    const { store, settings, now } = this.parts;
    const { current } = settings;
    const plan = planProviders(current);
    this.#inventory = await syncProviders(store, this.#inventory, plan, now(), current.PROXIES);
    return current;
  }

  #compileOnly(current: Settings): GatewayConfig {
    return compileConfig(current, this.#inventory, this.parts.providers, this.parts.madeToken);
  }

  #applySoon(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#applyInOrder(() => this.#syncStore());
  }

  #applyInOrder(prepare: () => Promise<Settings>): void {
    this.#applying = this.#applying.then(async () => {
      if (this.#isClosed) return;
      try {
        const current = await prepare();
        // Compiling gives the pools their new keys: nothing may run between that and the new addresses.
        this.parts.publish(this.#compileOnly(current));
      } catch (error) {
        this.parts.onError(error);
        if (this.#isClosed) return;
        this.#retry = setTimeout(() => this.#applySoon(), RETRY_MS);
        this.#retry.unref();
      }
    });
  }
}

function compileConfig(
  settings: Settings,
  inventory: Inventory,
  providers: Providers,
  madeToken: () => string,
): GatewayConfig {
  const clientTokens = settings.ALLOWED_TOKENS.length > 0 ? settings.ALLOWED_TOKENS : [madeToken()];
  const tokens = new Set(settings.AUTH_TOKEN === '' ? clientTokens : [...clientTokens, settings.AUTH_TOKEN]);
  return {
    providers: providers.compile(inventory, settings),
    defaultProvider: settings.DEFAULT_PROVIDER,
    access: createAccess([...tokens].map((value) => ({ value, hint: keyHint(value) }))),
    filteredModels: new Set(settings.FILTERED_MODELS),
    bodyBytesMax: settings.MAX_BODY_MB * 2 ** 20,
  };
}
