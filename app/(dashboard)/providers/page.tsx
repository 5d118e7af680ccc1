import { getTranslations } from 'next-intl/server';
import { ProvidersPage } from '@/components/providers/providers-page';
import { providersQuery } from '@/lib/client/providers';
import { FirstAnswers } from '../first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.providers') };
}

export default function Providers() {
  return (
    <FirstAnswers answer={(keep) => [keep(providersQuery.queryKey, 'providers.list', {})]}>
      <ProvidersPage />
    </FirstAnswers>
  );
}
