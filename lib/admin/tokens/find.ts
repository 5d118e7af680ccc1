import type { ClientTokenRow } from '../../store/client-token-row';
import type { AdminContext } from '../context';
import { AdminError, notFound } from '../error';

/** A token that was made here. Throws `not_found`, and `not_allowed` for one of the settings. */
export function findOwnToken({ configuration }: AdminContext, id: string): ClientTokenRow {
  const own = configuration.inventory.clientTokens.find((token) => token.id === id);
  if (own !== undefined) return own;
  const ofSettings = configuration.settingsTokens.find((token) => token.id === id);
  if (ofSettings === undefined) throw notFound('token');
  throw new AdminError(
    'not_allowed',
    ofSettings.isMade
      ? 'This token was made at the first start. It is out of use as soon as ALLOWED_TOKENS has another one.'
      : 'This token comes from ALLOWED_TOKENS: take it out there.',
  );
}
