import { getTranslations } from 'next-intl/server';
import { KeysPage } from '@/components/keys/keys-page';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.keys') };
}

export default function Keys() {
  return <KeysPage />;
}
