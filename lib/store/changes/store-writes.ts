import { clientTokenWrites } from '../client-token-writes';
import type { ClientTokenWrites } from '../client-token-writes';
import { egressWrites } from '../egress/egress-writes';
import type { EgressWrites } from '../egress/egress-writes';
import { keyWrites } from '../keys/key-writes';
import type { KeyWrites } from '../keys/key-writes';
import { logWrites } from '../logs/log-writes';
import type { LogWrites } from '../logs/log-writes';
import { providerWrites } from '../provider-writes';
import type { ProviderWrites } from '../provider-writes';
import { savedViewWrites } from '../saved-views';
import type { SavedViewWrites } from '../saved-views';
import { settingWrites } from '../settings';
import type { SettingWrites } from '../settings';
import type { WriteParts } from '../write-parts';

/**
 * All that can be written of what people and settings decide. The live state is written behind, by the stores
 * themselves.
 */
export interface StoreWrites {
  readonly providers: ProviderWrites;
  readonly keys: KeyWrites;
  readonly egress: EgressWrites;
  readonly clientTokens: ClientTokenWrites;
  readonly settings: SettingWrites;
  readonly savedViews: SavedViewWrites;
  readonly requestLogs: LogWrites;
  readonly errorLogs: LogWrites;
}

export function storeWrites(parts: WriteParts): StoreWrites {
  return {
    providers: providerWrites(parts),
    keys: keyWrites(parts),
    egress: egressWrites(parts),
    clientTokens: clientTokenWrites(parts),
    settings: settingWrites(parts),
    savedViews: savedViewWrites(parts),
    requestLogs: logWrites(parts, 'RequestLog'),
    errorLogs: logWrites(parts, 'ErrorLog'),
  };
}
