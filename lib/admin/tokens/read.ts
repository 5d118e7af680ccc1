import type { TokenItem } from '../contract/tokens';
import type { AdminContext } from '../context';
import { findOwnToken } from './find';
import { settingsTokenItem, tokenItem } from './token-item';

export async function readToken(context: AdminContext, { id }: { readonly id: string }): Promise<TokenItem> {
  await context.catchUpCounts();
  const ofSettings = context.configuration.settingsTokens.find((token) => token.id === id);
  return ofSettings === undefined
    ? tokenItem(context, findOwnToken(context, id))
    : settingsTokenItem(context, ofSettings);
}
