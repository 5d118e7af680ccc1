import { keyHint } from '../../balancer/attribution/key-hint';
import type { TokenItem } from '../contract/tokens';
import type { AdminContext } from '../context';

/** Tokens of the settings first, then those made here. */
export async function listTokens(context: AdminContext) {
  await context.catchUpCounts();
  const items = tokenItems(context);
  return { items, total: items.length, page: 1, pageSize: items.length };
}

export function tokenItems({ configuration, tokenUse }: AdminContext): TokenItem[] {
  const { adminToken, settingsTokens, inventory } = configuration;
  const ofSettings = settingsTokens.map(({ id, value, isMade }): TokenItem => ({
    id,
    name: '',
    hint: keyHint(value),
    source: isMade ? 'made' : 'environment',
    isAdmin: value === adminToken,
    createdAt: null,
    ...tokenUse(id),
  }));
  const own = inventory.clientTokens.map(({ id, name, hint, createdAt }): TokenItem => ({
    id,
    name,
    hint,
    source: 'dashboard',
    isAdmin: false,
    createdAt,
    ...tokenUse(id),
  }));
  return [...ofSettings, ...own];
}
