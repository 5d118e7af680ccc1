'use client';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { ViewItem, ViewState } from '@/lib/admin/contract/views';
import { openedView } from '@/lib/client/opened-view';
import { columnListOf, isPlainState, isSameState, viewsQuery, viewStateOf } from '@/lib/client/views';
import { VIEW_QUERY, type ViewPage } from '@/lib/config/saved-views';
import { useColumnChoices } from '../shared/columns/use-column-choices';

type Values = Readonly<Record<string, string>>;

export interface PageViews {
  readonly page: ViewPage;
  /** Of this page, by name. */
  readonly items: readonly ViewItem[];
  /** The one that the page shows, or that it showed before something was changed. */
  readonly current: ViewItem | undefined;
  readonly isChanged: boolean;
  /** What would be saved now. */
  readonly state: ViewState;
}

const none: readonly ViewItem[] = [];
const noOne = () => '';

/** The saved views of a page, and which of them it shows. `values` is what its address says. */
export function useViews(page: ViewPage, values: Values, defaults: Values): PageViews {
  const { data } = useQuery(viewsQuery);
  const openedId = useSyncExternalStore(openedView.subscribe, () => openedView.read(page), noOne);
  const list = columnListOf(page, values);
  const [choices] = useColumnChoices(list ?? `${page}-none`);
  const state = viewStateOf(VIEW_QUERY[page], values, defaults, list === undefined ? {} : choices);
  const items = data?.items.filter((item) => item.page === page) ?? none;
  const isShown = (item: ViewItem) => isSameState(item.state, state);
  const opened = items.find(({ id }) => id === openedId);
  const shown = opened !== undefined && isShown(opened) ? opened : items.find(isShown);
  const current = shown ?? (isPlainState(state) ? undefined : opened);
  return { page, items, current, isChanged: current !== undefined && shown === undefined, state };
}
