import { getTranslations } from 'next-intl/server';
import { LogsPage } from '@/components/logs/logs-page';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.logs') };
}

export default function Logs() {
  return <LogsPage />;
}
