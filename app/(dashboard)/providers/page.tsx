import { getTranslations } from 'next-intl/server';
import { ProvidersPage } from '@/components/providers/providers-page';
import { listProviders } from '@/lib/admin/providers/list';
import { providersQuery } from '@/lib/client/providers';
import { FirstAnswers } from '../first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.providers') };
}

export default function Providers() {
  return (
    <FirstAnswers answer={(context, keep) => [keep(providersQuery.queryKey, () => listProviders(context))]}>
      <ProvidersPage />
    </FirstAnswers>
  );
}
