import { getTranslations } from 'next-intl/server';
import { incidentPageOf, isIncidentFiltered } from '@/components/incidents/incident-view';
import { isLogFiltered, isOfIncidents, logKindOf, logViewDefaults } from '@/components/logs/log-view';
import { LogsPage } from '@/components/logs/logs-page';
import { incidentsQuery, incidentsQuestion } from '@/lib/client/incidents';
import { logHistogramQuery } from '@/lib/client/log-histogram';
import { LOG_PAGE_SIZE, logPagesQuery } from '@/lib/client/logs';
import { readUrlState } from '@/lib/client/url-state';
import { FirstAnswers, searchOf, type SearchParams } from '../first-answers';

/** Nobody waits longer for the first bars: the page counts on. */
const COUNT_MS = 100;

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.logs') };
}

export default async function Logs({ searchParams }: { readonly searchParams: SearchParams }) {
  const view = readUrlState(await searchOf(searchParams), logViewDefaults);
  const kind = logKindOf(view);
  if (isOfIncidents(view)) {
    const page = incidentPageOf(view);
    return (
      <FirstAnswers
        answer={(keep) =>
          isIncidentFiltered(view)
            ? []
            : [keep(incidentsQuery({}, page).queryKey, 'incidents.list', incidentsQuestion({}, page))]
        }
      >
        <LogsPage />
      </FirstAnswers>
    );
  }
  return (
    <FirstAnswers
      answer={(keep) =>
        // A search may take long, and a window of time ends when the browser says.
        isLogFiltered(view)
          ? []
          : [
              keep(
                logPagesQuery(kind, {}).queryKey,
                `logs.${kind}`,
                { query: { pageSize: LOG_PAGE_SIZE } },
                (page) => ({ pages: [page], pageParams: [''] }),
              ),
              keep(logHistogramQuery(kind, {}, false).queryKey, `logs.${kind}Histogram`, {
                query: { searchMs: COUNT_MS },
              }),
            ]
      }
    >
      <LogsPage />
    </FirstAnswers>
  );
}
