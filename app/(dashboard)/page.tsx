import { getTranslations } from 'next-intl/server';
import { cookies } from 'next/headers';
import { GUIDE_COOKIE } from '@/components/overview/guide-memory';
import { OverviewPage } from '@/components/overview/overview-page';
import { RECENT_ERRORS, recentErrorsQuery } from '@/lib/client/logs';
import {
  attentionQuery,
  MODELS_SHOWN,
  modelUsageQuery,
  overviewQuery,
  rangeOf,
  timeseriesQuery,
  TOKENS_SHOWN,
  tokenUsageQuery,
} from '@/lib/client/stats';
import { FirstAnswers, searchOf, type SearchParams } from './first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.overview') };
}

export default async function Overview({ searchParams }: { readonly searchParams: SearchParams }) {
  const range = rangeOf((await searchOf(searchParams)).get('range') ?? '');
  return (
    <FirstAnswers
      answer={(keep) => [
        keep(overviewQuery(range).queryKey, 'stats.overview', { query: { range } }),
        keep(timeseriesQuery(range).queryKey, 'stats.timeseries', { query: { range } }),
        keep(modelUsageQuery(range).queryKey, 'stats.models', { query: { range, limit: MODELS_SHOWN } }),
        keep(tokenUsageQuery(range).queryKey, 'stats.tokens', { query: { range, limit: TOKENS_SHOWN } }),
        keep(attentionQuery.queryKey, 'stats.attention', {}),
        keep(recentErrorsQuery.queryKey, 'logs.errors', { query: { pageSize: RECENT_ERRORS } }),
      ]}
    >
      <OverviewPage isGuideUnderWay={(await cookies()).has(GUIDE_COOKIE)} />
    </FirstAnswers>
  );
}
