import { getTranslations } from 'next-intl/server';
import { ProxiesPage } from '@/components/proxies/proxies-page';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.proxies') };
}

export default function Proxies() {
  return <ProxiesPage />;
}
