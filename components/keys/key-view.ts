import type { KeyFilter } from '@/lib/admin/contract/keys';
import type { KeyListQuery } from '@/lib/client/keys';

/** What the address says about the list of keys. */
export const keyViewDefaults = {
  provider: '',
  status: '',
  search: '',
  minFailures: '',
  errorStatus: '',
  model: '',
  account: '',
  tag: '',
  sort: 'createdAt',
  order: 'desc',
  /** The key whose details are open. */
  key: '',
  /** The range of its usage. */
  usage: '24h',
  /** `import`: the form that adds keys; `verify`: the question whether to verify all of them. */
  open: '',
};

export type KeyView = typeof keyViewDefaults;

const FILTERS = [
  ...(['provider', 'status', 'search', 'minFailures', 'errorStatus'] as const),
  ...(['model', 'account', 'tag'] as const),
];

export const noKeyFilter: Partial<KeyView> = Object.fromEntries(FILTERS.map((name) => [name, '']));

/** The filter as the API takes it; what the address holds is checked by the API. */
export function keyFilterOf(view: KeyView): KeyFilter {
  const entries = FILTERS.filter((name) => view[name] !== '').map((name) => {
    const isNumber = name === 'minFailures' || name === 'errorStatus';
    return [name, isNumber ? Number(view[name]) : view[name]];
  });
  return Object.fromEntries(entries) as KeyFilter;
}

export function isKeyFiltered(view: KeyView): boolean {
  return FILTERS.some((name) => view[name] !== '');
}

export function keyListQueryOf(view: KeyView): KeyListQuery {
  return { ...keyFilterOf(view), sort: view.sort, order: view.order } as KeyListQuery;
}

/** An address that shows these keys. */
export function keysHref(view: Partial<KeyView>): string {
  const search = new URLSearchParams(Object.entries(view).filter(([, value]) => value !== ''));
  return search.size === 0 ? '/keys' : `/keys?${search.toString()}`;
}
