import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { AppShell } from '@/components/layout/app-shell';
import { requireAdmin } from '@/lib/runtime/require-admin';

export default async function DashboardLayout({ children }: { readonly children: ReactNode }) {
  await requireAdmin();
  return (
    <NextIntlClientProvider>
      <AppShell>{children}</AppShell>
    </NextIntlClientProvider>
  );
}
