import { RouteTable } from '../balancer/routes/route-table';
import { ModelFilter } from '../openai/models/model-filter';
import type { LiveSettings } from '../config/live-settings';
import type { Settings } from '../config/settings';
import { createAccess, type AccessToken } from '../gateway/request/access';
import type { GatewayConfig } from '../gateway/config';
import type { ClientTokenStore } from '../store/client-tokens';
import type { Store } from '../store/open-store';
import { keyHint } from '../balancer/attribution/key-hint';
import { bodyLimits } from './body-limits';
import { InventoryEditor } from './inventory-editor';
import { planProviders, PLANNING_SETTINGS } from './provider-plan';
import { reloadInventory, type Inventory } from './inventory';
import { syncProviders } from './provider-sync';
import type { Providers } from './providers';
import { tokenRulesOf } from './token-rules';
import { adminToken, AuthTokenKeeper, settingsTokenId, settingsTokens } from './settings-tokens';

const RETRY_MS = 1_000;

/**
 * Follows the settings: brings the store in line, then swaps the gateway's configuration in one step, so that keys and
 * the address they are for never mix. Changes, those of the settings and those of the dashboard, are applied in order;
 * one of the settings that the database refuses is tried again, and until then everything stays as it was.
 */
export class Configuration {
  #inventory: Inventory;
  #applying: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;
  #routes = new RouteTable();
  readonly #authToken: AuthTokenKeeper;

  constructor(
    private readonly parts: {
      readonly store: Store;
      readonly settings: LiveSettings;
      readonly providers: Providers;
      readonly inventory: Inventory;
      /** Told the id of each client token that is used. */
      readonly onTokenUsed: (id: string) => void;
      /** The client token made for an installation that configured none. */
      readonly madeToken: () => string;
      readonly now: () => number;
      /** Writes the live state of keys to the store. */
      readonly flushKeyStates?: () => Promise<void>;
      readonly publish: (config: GatewayConfig) => void;
      readonly onError: (error: unknown) => void;
      /** AUTH_TOKEN is gone from the settings; the former one goes on opening the dashboard. */
      readonly onAuthTokenLost?: () => void;
    },
  ) {
    this.#inventory = parts.inventory;
    this.#authToken = new AuthTokenKeeper(() => parts.onAuthTokenLost?.());
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

  get inventory(): Inventory {
    return this.#inventory;
  }

  get adminToken(): string {
    return adminToken(this.#authToken.inForce(this.parts.settings.current), this.parts.madeToken);
  }

  get settingsTokens(): readonly { readonly id: string; readonly value: string; readonly isMade: boolean }[] {
    const { store, settings, madeToken } = this.parts;
    const isMade = settings.current.ALLOWED_TOKENS.length === 0;
    const values = settingsTokens(settings.current, madeToken);
    return values.map((value) => ({ id: settingsTokenId(store.clientTokens, value), value, isMade }));
  }

  /** All client tokens, and the admin's, without what is secret. Those of the settings have no name. */
  get namedTokens(): readonly { readonly id: string; readonly name: string; readonly hint: string }[] {
    const { store, settings, madeToken } = this.parts;
    const names = new Map(this.#inventory.clientTokens.map(({ id, name }) => [id, name]));
    return knownTokens(store.clientTokens, settings.current, this.#inventory, madeToken).map(
      ({ id, hint }) => ({ id, hint, name: names.get(id) ?? '' }),
    );
  }

  /**
   * Does what somebody asked for in the dashboard, alone: no other change runs meanwhile. What `work` has told the
   * editor is in force when the promise settles, even if `work` failed after it. Rejects as `work` does; nothing is
   * repeated.
   */
  change<T>(work: (editor: InventoryEditor) => Promise<T>): Promise<T> {
    const { store, providers } = this.parts;
    const changing = this.#applying.then(async () => {
      const editor = new InventoryEditor(store, this.#inventory, providers);
      try {
        return await work(editor);
      } finally {
        if (editor.isStructural) {
          this.#inventory = editor.inventory;
          this.parts.publish(this.#compileOnly(this.parts.settings.current));
        }
      }
    });
    this.#applying = changing.then(ignore, ignore);
    return changing;
  }

  /**
   * Takes over settings and all else as others have written it, in one step: nobody meets the one without the other,
   * such as a client token before the keys that came with it. Rejects if the database cannot be read.
   */
  takeOver(onUnreadable: (what: string, id: string) => void): Promise<void> {
    const { store, settings, publish } = this.parts;
    const taking = this.#applying.then(async () => {
      this.#inventory = await reloadInventory(store, this.#inventory, onUnreadable);
      await settings.refresh();
      publish(this.#compileOnly(await this.#syncStore()));
    });
    this.#applying = taking.then(ignore, ignore);
    return taking;
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
    this.#inventory = await syncProviders(
      store,
      this.#inventory,
      plan,
      now(),
      current.PROXIES,
      this.parts.flushKeyStates,
    );
    return current;
  }

  #compileOnly(current: Settings): GatewayConfig {
    const { store, providers, madeToken, onTokenUsed } = this.parts;
    return {
      providers: providers.compile(this.#inventory, current),
      defaultProvider: current.DEFAULT_PROVIDER,
      access: createAccess(
        knownTokens(store.clientTokens, this.#authToken.inForce(current), this.#inventory, madeToken),
        onTokenUsed,
        this.parts.now,
      ),
      filteredModels: new ModelFilter(current.FILTERED_MODELS),
      routes: this.#routesOf(current),
      listsAllModels: current.LIST_ALL_MODELS,
      ...bodyLimits(current),
      streamKeepAliveMs: current.STREAM_KEEPALIVE_SECONDS * 1000,
      hedging: { afterMs: current.HEDGE_SECONDS * 1000 },
      waiting: { waitMs: current.WAIT_SECONDS * 1000, queueMax: current.WAIT_QUEUE_MAX },
    };
  }

  /** The same as long as they say the same, so that turns go on. */
  #routesOf({ MODEL_ROUTES: routes }: Settings): RouteTable {
    if (this.#routes.routes !== routes) this.#routes = new RouteTable(routes);
    return this.#routes;
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

/** All tokens that let a client in, each once. */
function knownTokens(
  store: ClientTokenStore,
  settings: Settings,
  { clientTokens }: Inventory,
  madeToken: () => string,
): AccessToken[] {
  const ofSettings = [...settingsTokens(settings, madeToken), settings.AUTH_TOKEN];
  const rules = tokenRulesOf(clientTokens, settings);
  const idByValue = new Map<string, string>();
  for (const { value, id } of clientTokens) idByValue.set(value, id);
  for (const value of ofSettings) if (value !== '') idByValue.set(value, settingsTokenId(store, value));
  return [...idByValue].map(([value, id]) => ({ value, id, hint: keyHint(value), rules: rules.get(id) }));
}

function ignore(): void {
  // The caller gets the error.
}
