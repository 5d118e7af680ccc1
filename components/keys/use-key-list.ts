'use client';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { fetchKeys, keyListKey } from '@/lib/client/keys';
import { dependsOnLiveState } from '@/lib/client/live-data';
import { follows } from '@/lib/client/live-follower';
import { withLiveKeys } from '@/lib/client/live-merge';
import { useLive } from '../layout/live-provider';
import { useProviderChoices } from '../shared/use-provider-choices';
import { useWindowedList, type WindowedList } from '../shared/use-windowed-list';
import { keyListQueryOf, type KeyView } from './key-view';

export const KEYS_PAGE_SIZE = 200;
const byKeys = follows(['keys', 'providers', 'settings']);
/** A change of a key can move it, into the list or out of it as well. */
const byState = follows(['keys', 'key-states', 'providers', 'settings'], 2_000);

export interface KeyList extends WindowedList<KeyItem> {
  /** The view names a provider that was deleted, so nothing is asked for. */
  readonly isProviderGone: boolean;
}

/** The keys that a view shows, each with its live state. */
export function useKeyList(view: KeyView): KeyList {
  const query = keyListQueryOf(view);
  const isProviderGone = useProviderChoices(view.provider).isGone;
  const live = useLive().data;
  const list = useWindowedList<KeyItem>({
    queryKey: [...keyListKey, query],
    fetchPage: ({ page, pageSize, signal }) => fetchKeys({ ...query, page, pageSize }, signal),
    pageSize: KEYS_PAGE_SIZE,
    meta: dependsOnLiveState(query) ? byState : byKeys,
    merge: (page) => withLiveKeys(page, live),
    isEnabled: !isProviderGone,
  });
  return { ...list, isProviderGone };
}
