import { getLocale } from 'next-intl/server';
import type { ReactNode } from 'react';
import { AppShell } from '@/components/layout/app-shell';
import { Texts } from '@/components/layout/texts';
import { MeProvider } from '@/components/shared/use-me';
import { currentRuntime } from '@/lib/runtime/routes/current';
import { requireSession } from '@/lib/runtime/routes/require-session';

export default async function DashboardLayout({ children }: { readonly children: ReactNode }) {
  const { role, identity } = await requireSession();
  const me = { role, name: identity?.name ?? null };
  const { timeZone, admin } = currentRuntime();
  return (
    <Texts locale={await getLocale()} timeZone={timeZone}>
      <MeProvider value={me}>
        <AppShell madeAt={admin.now()}>{children}</AppShell>
      </MeProvider>
    </Texts>
  );
}
