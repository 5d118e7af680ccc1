import { queryOptions } from '@tanstack/react-query';
import type { EndpointBody } from '../admin/contract/endpoint';
import type { ViewItem, viewsApi, ViewState } from '../admin/contract/views';
import { asked } from './asked';
import { columnMemory } from './column-memory';
import { follows } from './live-follower';
import { openedView } from './opened-view';
import { call } from './request';
import { viewMemory } from './view-memory';

type Api = typeof viewsApi;
type ViewPage = ViewItem['page'];
type Values = Readonly<Record<string, string>>;

export const viewsKey = ['views'] as const;

export const viewsQuery = queryOptions({
  queryKey: viewsKey,
  queryFn: ({ signal }) => asked(() => call('views.list', { signal })),
  meta: follows(['views']),
});

export const createView = (body: EndpointBody<Api['create']>) => call('views.create', { body });

export const updateView = (id: string, body: EndpointBody<Api['update']>) =>
  call('views.update', { params: { id }, body });

export const deleteView = (id: string) => call('views.delete', { params: { id } });

/** What the choice of columns of the list is kept under that a page shows; undefined if it has none. */
export function columnListOf(page: ViewPage, query: Values): string | undefined {
  if (page === 'keys') return 'keys';
  if (page === 'explore' || query['tab'] === 'incidents') return undefined;
  return query['tab'] === 'errors' ? 'logs-errors' : 'logs-requests';
}

/**
 * What of a page's values a view keeps: of these names all that is not as it is by default. With a whole key in it, it
 * is refused.
 */
export function viewStateOf(
  names: readonly string[],
  values: Values,
  defaults: Values,
  columns: ViewState['columns'],
): ViewState {
  const kept = names.filter((name) => name in defaults && (values[name] ?? '') !== defaults[name]);
  return { query: Object.fromEntries(kept.map((name) => [name, values[name] ?? ''])), columns };
}

export function isSameState(a: ViewState, b: ViewState): boolean {
  const textOf = ({ query, columns }: ViewState) =>
    JSON.stringify(
      [query, columns].map((part) => Object.entries(part).toSorted(([x], [y]) => (x < y ? -1 : 1))),
    );
  return textOf(a) === textOf(b);
}

/** Everything is as it is by default. */
export function isPlainState({ query, columns }: ViewState): boolean {
  return Object.keys(query).length + Object.keys(columns).length === 0;
}

/** Chooses the columns of a view, and remembers that it is the one that is open. */
export function takeView({ id, page, state }: ViewItem): void {
  const list = columnListOf(page, state.query);
  if (list !== undefined) columnMemory.write(list, state.columns);
  openedView.write(page, id);
}

/** Does what it takes for the page to show the view, and returns the address that then does. */
export function hrefOfView(item: ViewItem): string {
  takeView(item);
  const path = `/${item.page}`;
  // An address that names nothing finds the page as it was left.
  viewMemory.keep(path, new URLSearchParams(item.state.query).toString());
  return viewMemory.hrefOf(path);
}
