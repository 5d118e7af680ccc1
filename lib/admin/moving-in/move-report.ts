import type { MoveReport } from '../contract/installation';
import type { MoveWork } from './move-work';

/** What has come over, or would, in counts and by name. */
export function moveReport(program: string, work: MoveWork, isPreview: boolean): MoveReport {
  const { providers, proxies, routes, tokens, remarks } = work;
  return {
    isPreview,
    program,
    providers: providers.map(({ slug, planned, id, keys, keysKnown }) => ({
      slug,
      baseUrl: planned.baseUrl,
      isNew: id === undefined,
      keysAdded: keys.length,
      keysKnown,
      keysOut: keys.filter(({ state }) => state !== 'active').length,
    })),
    keysAdded: providers.reduce((sum, { keys }) => sum + keys.length, 0),
    proxiesAdded: proxies.length,
    routesAdded: routes.fresh,
    routesKnown: routes.known,
    tokensAdded: tokens.fresh.length,
    tokensKnown: tokens.known,
    remarks: remarks.map(({ text, count, items }) => ({ text, count, items: [...items] })),
  };
}
