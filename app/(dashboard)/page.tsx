import { getTranslations } from 'next-intl/server';
import { OverviewPage } from '@/components/overview/overview-page';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.overview') };
}

export default function Overview() {
  return <OverviewPage />;
}
