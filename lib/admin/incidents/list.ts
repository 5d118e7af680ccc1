import type { EndpointInput } from '../contract/endpoint';
import type { incidentsApi } from '../contract/incidents';
import type { AdminContext } from '../context';
import { attention } from '../stats/attention';
import { checkWindow, currentOf, incidentItems } from './incident-item';

/** What was out, the newest first. What lasts is told as the list of what needs attention tells it. */
export async function listIncidents(
  context: AdminContext,
  { page, pageSize, cursor, ...filter }: EndpointInput<typeof incidentsApi.list>,
) {
  checkWindow(filter);
  const { incidents } = context.store;
  const rows = await incidents.page({
    filter,
    before: cursor,
    limit: pageSize + 1,
    skip: cursor === undefined ? (page - 1) * pageSize : 0,
  });
  const shown = rows.slice(0, pageSize);
  const current = currentOf((await attention(context)).items);
  return {
    items: incidentItems(shown, current, context.now()),
    total: await incidents.count(filter),
    page,
    pageSize,
    nextCursor: rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null,
  };
}
