import { getTranslations } from 'next-intl/server';
import { cookies } from 'next/headers';
import { GUIDE_COOKIE } from '@/components/overview/guide-memory';
import { OverviewPage } from '@/components/overview/overview-page';
import { RECENT_ERRORS, recentErrorsQuery } from '@/lib/client/logs';
import {
  attentionQuery,
  compareOf,
  MODELS_SHOWN,
  modelUsageQuery,
  overviewQuery,
  timeseriesQuery,
  TOKENS_SHOWN,
  tokenUsageQuery,
} from '@/lib/client/stats';
import { rangeOf, rangeQuery } from '@/lib/client/ranges';
import { currentRuntime } from '@/lib/runtime/routes/current';
import { FirstAnswers, searchOf, type SearchParams } from './first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.overview') };
}

export default async function Overview({ searchParams }: { readonly searchParams: SearchParams }) {
  const search = await searchOf(searchParams);
  const range = rangeOf(search.get('range') ?? '');
  const compare = compareOf(search.get('compare') ?? '');
  const query = rangeQuery(range);
  const zone = currentRuntime().timeZone;
  return (
    <FirstAnswers
      answer={(keep) => [
        keep(overviewQuery(range, compare).queryKey, 'stats.overview', { query: { ...query, compare } }),
        keep(timeseriesQuery(range, compare, zone).queryKey, 'stats.timeseries', {
          query: { ...query, compare },
        }),
        keep(modelUsageQuery(range, zone).queryKey, 'stats.models', {
          query: { ...query, limit: MODELS_SHOWN },
        }),
        keep(tokenUsageQuery(range, zone).queryKey, 'stats.tokens', {
          query: { ...query, limit: TOKENS_SHOWN },
        }),
        keep(attentionQuery.queryKey, 'stats.attention', {}),
        keep(recentErrorsQuery.queryKey, 'logs.errors', { query: { pageSize: RECENT_ERRORS } }),
      ]}
    >
      <OverviewPage isGuideUnderWay={(await cookies()).has(GUIDE_COOKIE)} />
    </FirstAnswers>
  );
}
