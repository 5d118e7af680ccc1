import { loadWords, type Words } from '../../alerts/words';
import type { IncidentFilter } from '../../store/incidents';
import type { EndpointInput } from '../contract/endpoint';
import type { IncidentItem, incidentsApi } from '../contract/incidents';
import type { AdminContext } from '../context';
import { csvLine, type FileAnswer } from '../file-answer';
import { attention } from '../stats/attention';
import { readSaid } from '../words/read-said';
import { checkWindow, currentOf, incidentItems, type Current } from './incident-item';

const COLUMNS = ['id', 'kind', 'severity', 'since', 'until', 'durationMs', 'sentence'] as const;
const PAGE_ROWS = 200;

/** One line an incident, the newest first, read while they are sent. */
export async function exportIncidents(
  context: AdminContext,
  filter: EndpointInput<typeof incidentsApi.export>,
): Promise<FileAnswer> {
  checkWindow(filter);
  const words = await loadWords(readSaid);
  const current = currentOf((await attention(context)).items);
  return {
    contentType: 'text/csv; charset=utf-8',
    filename: 'incidents.csv',
    chunks: lines(context, filter, current, words),
  };
}

async function* lines(
  context: AdminContext,
  filter: IncidentFilter,
  current: Current,
  words: Words,
): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  const zone = context.settings.current.TIMEZONE;
  let before: string | undefined;
  for (;;) {
    const rows = await context.store.incidents.page({ filter, before, limit: PAGE_ROWS });
    const items = incidentItems(rows, current, context.now());
    yield items.map((item) => csvLine(cellsOf(item, words, zone))).join('');
    before = rows.at(-1)?.id;
    if (rows.length < PAGE_ROWS) return;
  }
}

function cellsOf(incident: IncidentItem, words: Words, zone: string) {
  const { id, kind, severity, since, until, item, toldAt } = incident;
  const sentence = words.sentence(item, { language: 'en', zone, now: toldAt });
  return [id, kind, severity, since, until, until === null ? null : until - since, sentence];
}
