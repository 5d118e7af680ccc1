import type { ExploredGroup, ExploreGroup } from '../contract/stats';
import { lookUpKey } from '../keys/find';
import type { AdminContext } from '../context';

type Names = Pick<ExploredGroup, 'name' | 'hint'>;

const NONE: Names = { name: null, hint: null };

/** What people call one provider, client token, key or proxy; models and verdicts are called what they are. */
export function groupNamesOf(context: AdminContext, group: ExploreGroup, id: string): Names {
  if (id === '') return NONE;
  if (group === 'provider') {
    const known = context.configuration.inventory.providers.find(({ slug }) => slug === id);
    return { ...NONE, name: known?.name ?? null };
  }
  if (group === 'token') {
    const known = context.configuration.namedTokens.find((token) => token.id === id);
    return known === undefined ? NONE : { name: known.name, hint: known.hint };
  }
  return { ...NONE, hint: hintOf(context, group, id) ?? null };
}

function hintOf(context: AdminContext, group: ExploreGroup, id: string): string | undefined {
  if (group === 'key') return lookUpKey(context, id)?.row.hint;
  if (group !== 'proxy') return undefined;
  return context.configuration.inventory.egresses.find((egress) => egress.id === id)?.hint;
}
