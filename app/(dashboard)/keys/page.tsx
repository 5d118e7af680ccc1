import { getTranslations } from 'next-intl/server';
import { keyListQueryOf, keyViewDefaults } from '@/components/keys/key-view';
import { KeysPage } from '@/components/keys/keys-page';
import { keyListKey } from '@/lib/client/keys';
import { providersQuery } from '@/lib/client/providers';
import { readUrlState } from '@/lib/client/url-state';
import { FIRST_ROWS, FirstAnswers, searchOf, type SearchParams } from '../first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.keys') };
}

export default async function Keys({ searchParams }: { readonly searchParams: SearchParams }) {
  const query = keyListQueryOf(readUrlState(await searchOf(searchParams), keyViewDefaults));
  return (
    <FirstAnswers
      answer={(keep) => [
        keep([...keyListKey, query, 1], 'keys.list', { query: { ...query, pageSize: FIRST_ROWS } }),
        keep(providersQuery.queryKey, 'providers.list', {}),
      ]}
    >
      <KeysPage />
    </FirstAnswers>
  );
}
