import { getTranslations } from 'next-intl/server';
import { cookies } from 'next/headers';
import { GUIDE_COOKIE } from '@/components/overview/guide-memory';
import { OverviewPage } from '@/components/overview/overview-page';
import { logsApi } from '@/lib/admin/contract/logs';
import { listErrors } from '@/lib/admin/logs/list';
import { attention } from '@/lib/admin/stats/attention';
import { statsByModel } from '@/lib/admin/stats/breakdown';
import { overview } from '@/lib/admin/stats/overview';
import { timeseries } from '@/lib/admin/stats/timeseries';
import { RECENT_ERRORS, recentErrorsQuery } from '@/lib/client/logs';
import {
  attentionQuery,
  MODELS_SHOWN,
  modelUsageQuery,
  overviewQuery,
  rangeOf,
  timeseriesQuery,
} from '@/lib/client/stats';
import { FirstAnswers, searchOf, type SearchParams } from './first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.overview') };
}

export default async function Overview({ searchParams }: { readonly searchParams: SearchParams }) {
  const range = rangeOf((await searchOf(searchParams)).get('range') ?? '');
  return (
    <FirstAnswers
      answer={(context, keep) => [
        keep(overviewQuery(range).queryKey, () => overview(context, { range })),
        keep(timeseriesQuery(range).queryKey, () => timeseries(context, { range })),
        keep(modelUsageQuery(range).queryKey, () => statsByModel(context, { range, limit: MODELS_SHOWN })),
        keep(attentionQuery.queryKey, () => attention(context)),
        keep(recentErrorsQuery.queryKey, () =>
          listErrors(context, logsApi.errors.query.parse({ pageSize: RECENT_ERRORS })),
        ),
      ]}
    >
      <OverviewPage isGuideUnderWay={(await cookies()).has(GUIDE_COOKIE)} />
    </FirstAnswers>
  );
}
