import { getTranslations } from 'next-intl/server';
import { ProvidersPage } from '@/components/providers/providers-page';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.providers') };
}

export default function Providers() {
  return <ProvidersPage />;
}
