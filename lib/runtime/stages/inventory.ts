import { Egresses } from '../../balancer/egress/egresses';
import { ALONE, type Company } from '../../balancer/limits/company';
import { loadInventory, type Inventory } from '../../inventory/inventory';
import { SettingsTokenUse } from '../../inventory/settings-token-use';
import { isSettingsTokenId } from '../../inventory/settings-tokens';
import { Providers } from '../../inventory/providers';
import { steadyClock, systemRandom } from '../../process/system-ports';
import type { Store } from '../../store/open-store';
import { TokenUsage } from '../../store/write-behind/checkpoint-tokens';
import { EventHub } from '../events/event-hub';
import { TokenSpending } from '../events/token-spending';
import type { Machine } from './machine';

/** Providers, keys, proxies and tokens: as they are stored, and their live state. */
export interface InventoryStage {
  readonly stored: Inventory;
  readonly egresses: Egresses;
  readonly providers: Providers;
  readonly tokenUsage: TokenUsage;
  readonly settingsTokenUse: SettingsTokenUse;
  /** What tokens spend of their budgets, here and, as far as is heard, elsewhere. */
  readonly spending: TokenSpending;
  /** What happens to them. Nothing does before traffic flows. */
  readonly events: EventHub;
  /** The instances that use the same keys, as far as they are heard of. */
  readonly company: { -readonly [field in keyof Company]: Company[field] };
}

export async function openInventory(
  { logger, now, onUnreadable }: Machine,
  store: Store,
  self: string,
): Promise<InventoryStage> {
  const events = new EventHub();
  const egresses = new Egresses(systemRandom, events);
  const company = { ...ALONE, self };
  const stored = await loadInventory(store, onUnreadable);
  const tokenUsage = new TokenUsage(store.clientTokens, stored.clientTokens, now, (error) =>
    logger.error({ err: error }, 'writing or reading the use of client tokens failed; it is tried again'),
  );
  return {
    stored,
    egresses,
    providers: new Providers(systemRandom, events, egresses, steadyClock, company),
    tokenUsage,
    spending: new TokenSpending(tokenUsage),
    settingsTokenUse: new SettingsTokenUse(now),
    events,
    company,
  };
}

/** What counts the use of that client token here. */
export function tokenCounterOf(
  { tokenUsage, settingsTokenUse }: InventoryStage,
  id: string,
): Pick<TokenUsage, 'used' | 'of'> {
  return isSettingsTokenId(id) ? settingsTokenUse : tokenUsage;
}
