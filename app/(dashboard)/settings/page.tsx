import { getTranslations } from 'next-intl/server';
import { SettingsPage } from '@/components/settings/settings-page';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.settings') };
}

export default function Settings() {
  return <SettingsPage />;
}
