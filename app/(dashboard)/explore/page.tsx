import { getTranslations } from 'next-intl/server';
import { ExplorePage } from '@/components/explore/explore-page';
import { exploreDefaults, exploreQuery, exploreQuestion } from '@/lib/client/explore';
import { readUrlState } from '@/lib/client/url-state';
import { FirstAnswers, searchOf, type SearchParams } from '../first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.explore') };
}

export default async function Explore({ searchParams }: { readonly searchParams: SearchParams }) {
  const question = exploreQuestion(readUrlState(await searchOf(searchParams), exploreDefaults));
  return (
    <FirstAnswers
      answer={(keep) => [
        keep(exploreQuery(question).queryKey, 'stats.explore', { query: question }, (found) => ({
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
