import { getTranslations } from 'next-intl/server';
import { ProxiesPage } from '@/components/proxies/proxies-page';
import { proxyListQueryOf, proxyViewDefaults } from '@/components/proxies/proxy-view';
import { proxyListKey } from '@/lib/client/proxies';
import { readUrlState } from '@/lib/client/url-state';
import { FIRST_ROWS, FirstAnswers, searchOf, type SearchParams } from '../first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.proxies') };
}

export default async function Proxies({ searchParams }: { readonly searchParams: SearchParams }) {
  const query = proxyListQueryOf(readUrlState(await searchOf(searchParams), proxyViewDefaults));
  return (
    <FirstAnswers
      answer={(keep) => [
        keep([...proxyListKey, query, 1], 'proxies.list', { query: { ...query, pageSize: FIRST_ROWS } }),
      ]}
    >
      <ProxiesPage />
    </FirstAnswers>
  );
}
