import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { AppShell } from '@/components/layout/app-shell';
import { MeProvider } from '@/components/shared/use-me';
import { currentRuntime } from '@/lib/runtime/routes/current';
import { requireSession } from '@/lib/runtime/routes/require-session';

export default async function DashboardLayout({ children }: { readonly children: ReactNode }) {
  const { role, identity } = await requireSession();
  const me = { role, name: identity?.name ?? null };
  return (
    <NextIntlClientProvider>
      <MeProvider value={me}>
        <AppShell madeAt={currentRuntime().admin.now()}>{children}</AppShell>
      </MeProvider>
    </NextIntlClientProvider>
  );
}
