import { getTranslations } from 'next-intl/server';
import { headers } from 'next/headers';
import { ApiReference } from '@/components/reference/api-reference';
import { currentRuntime } from '@/lib/runtime/routes/current';
import { requireSession } from '@/lib/runtime/routes/require-session';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.reference') };
}

/** The reference of the admin API, for those who may use it: by the admin token, or by a session. */
export default async function Reference() {
  const { adminApi } = currentRuntime().front;
  const isLetIn = await adminApi.enter(await headers()).then(
    () => true,
    () => false,
  );
  if (!isLetIn) await requireSession();
  return <ApiReference back={(await getTranslations('layout'))('backToDashboard')} />;
}
