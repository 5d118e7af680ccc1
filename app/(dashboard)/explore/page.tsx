import { getTranslations } from 'next-intl/server';
import { ExplorePage } from '@/components/explore/explore-page';
import { exploreDefaults, exploreQuery, exploreQuestion } from '@/lib/client/explore';
import { readUrlState } from '@/lib/client/url-state';
import { currentRuntime } from '@/lib/runtime/routes/current';
import { FirstAnswers, searchOf, type SearchParams } from '../first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.explore') };
}

export default async function Explore({ searchParams }: { readonly searchParams: SearchParams }) {
  const view = readUrlState(await searchOf(searchParams), exploreDefaults);
  const question = exploreQuestion(view);
  const { queryKey } = exploreQuery(question, view.range, currentRuntime().timeZone);
  return (
    <FirstAnswers
      answer={(keep) => [
        keep(queryKey, 'stats.explore', { query: question }, (found) => ({
          ...found,
          question,
          askedAt: 0,
        })),
      ]}
    >
      <ExplorePage />
    </FirstAnswers>
  );
}
