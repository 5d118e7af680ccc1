import { getTranslations } from 'next-intl/server';
import { isLogFiltered, logKindOf, logViewDefaults } from '@/components/logs/log-view';
import { LogsPage } from '@/components/logs/logs-page';
import { logsApi } from '@/lib/admin/contract/logs';
import { listErrors, listRequests } from '@/lib/admin/logs/list';
import { LOG_PAGE_SIZE, logPagesQuery } from '@/lib/client/logs';
import { readUrlState } from '@/lib/client/url-state';
import { FirstAnswers, searchOf, type SearchParams } from '../first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.logs') };
}

export default async function Logs({ searchParams }: { readonly searchParams: SearchParams }) {
  const view = readUrlState(await searchOf(searchParams), logViewDefaults);
  const kind = logKindOf(view);
  const list = kind === 'errors' ? listErrors : listRequests;
  return (
    <FirstAnswers
      answer={(context, keep) =>
        // A search may take long, and a window of time ends when the browser says.
        isLogFiltered(view)
          ? []
          : [
              keep(
                logPagesQuery(kind, {}).queryKey,
                () => list(context, logsApi[kind].query.parse({ pageSize: LOG_PAGE_SIZE })),
                (page) => ({ pages: [page], pageParams: [''] }),
              ),
            ]
      }
    >
      <LogsPage />
    </FirstAnswers>
  );
}
