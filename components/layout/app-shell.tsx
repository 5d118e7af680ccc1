'use client';
import { usePathname } from 'next/navigation';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { MadeAt } from '../shared/use-now';
import { TaskProvider } from '../tasks/task-provider';
import { Toaster } from '../ui/toaster';
import { cn } from '../ui/class-names';
import { TooltipProvider } from '../ui/tooltip';
import { ConfirmProvider } from './confirm';
import { FocusGuard } from './focus-guard';
import { LeaveGuard } from './leave-guard';
import { LiveProvider } from './live-provider';
import { QueryProvider } from './query-provider';
import { BottomBar, Sidebar } from './sidebar';
import { sidebarMemory } from './sidebar-memory';
import { TopBar } from './top-bar';
import { WholeTexts } from './whole-texts';

interface AppShellProps {
  /** When this document was made, by the server's clock; milliseconds since the epoch. */
  readonly madeAt: number;
  readonly children: ReactNode;
}

/** The frame of every page; it stays while pages change. */
export function AppShell({ madeAt, children }: AppShellProps) {
  const t = useTranslations('layout');
  const path = usePathname();
  // What a document shows stands there at once.
  const [firstPath] = useState(path);
  const isCollapsed = useSyncExternalStore(sidebarMemory.subscribe, sidebarMemory.read, () => false);
  return (
    <MadeAt value={madeAt}>
      <QueryProvider>
        <LiveProvider>
          <TooltipProvider delayDuration={300}>
            <TaskProvider>
              <ConfirmProvider>
                <LeaveGuard>
                  <a
                    href="#content"
                    className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
                  >
                    {t('skip')}
                  </a>
                  <div className="flex min-h-dvh">
                    <Sidebar isCollapsed={isCollapsed} onToggle={() => sidebarMemory.write(!isCollapsed)} />
                    <div className="flex min-w-0 flex-1 flex-col">
                      <TopBar />
                      <main
                        id="content"
                        key={path}
                        tabIndex={-1}
                        className={cn(
                          'flex min-w-0 flex-1 flex-col p-4 pb-20 outline-none md:p-5 md:pb-6',
                          path !== firstPath && 'animate-fade-in',
                        )}
                      >
                        {children}
                      </main>
                    </div>
                  </div>
                  <BottomBar />
                  <Toaster />
                  <WholeTexts />
                  <FocusGuard />
                </LeaveGuard>
              </ConfirmProvider>
            </TaskProvider>
          </TooltipProvider>
        </LiveProvider>
      </QueryProvider>
    </MadeAt>
  );
}
