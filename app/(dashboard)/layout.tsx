import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { AppShell } from '@/components/layout/app-shell';
import { currentRuntime } from '@/lib/runtime/routes/current';
import { requireAdmin } from '@/lib/runtime/routes/require-admin';

export default async function DashboardLayout({ children }: { readonly children: ReactNode }) {
  await requireAdmin();
  return (
    <NextIntlClientProvider>
      <AppShell madeAt={currentRuntime().admin.now()}>{children}</AppShell>
    </NextIntlClientProvider>
  );
}
