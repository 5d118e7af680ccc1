'use client';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { Tooltip } from '../ui/tooltip';
import { Logo } from './logo';
import { PageLink } from './page-link';
import { pages, type Page } from './pages';

interface SidebarProps {
  readonly isCollapsed: boolean;
  readonly onToggle: () => void;
}

export function Sidebar({ isCollapsed, onToggle }: SidebarProps) {
  const t = useTranslations('layout');
  const ToggleIcon = isCollapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <aside
      className={cn(
        'sticky top-0 hidden h-dvh shrink-0 flex-col border-r border-line bg-surface p-2 md:flex',
        isCollapsed ? 'w-[53px]' : 'w-52',
      )}
    >
      <PageLink href="/" className="mb-2 flex h-9 items-center gap-2 rounded-md px-2 font-semibold">
        <Logo className="size-5 shrink-0 text-accent" />
        <span className={cn('truncate', isCollapsed && 'sr-only')}>OpenAI Balance</span>
      </PageLink>
      <nav aria-label={t('navigation')} className="grid gap-0.5">
        {pages.map((page) => (
          <SidebarLink key={page.name} page={page} isCollapsed={isCollapsed} />
        ))}
      </nav>
      <Button
        look="ghost"
        size={isCollapsed ? 'icon' : 'md'}
        className={cn('mt-auto', !isCollapsed && 'justify-start px-2')}
        onClick={onToggle}
        aria-label={isCollapsed ? t('expand') : t('collapse')}
      >
        <ToggleIcon aria-hidden />
        {!isCollapsed && <span aria-hidden>{t('collapse')}</span>}
      </Button>
    </aside>
  );
}

function SidebarLink({ page, isCollapsed }: { readonly page: Page; readonly isCollapsed: boolean }) {
  const t = useTranslations('layout');
  const isCurrent = usePathname() === page.href;
  const link = (
    <PageLink
      href={page.href}
      aria-current={isCurrent ? 'page' : undefined}
      className={cn(
        'flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium transition-colors',
        isCurrent ? 'bg-accent-soft text-accent' : 'text-ink-soft hover:bg-sunken hover:text-ink',
      )}
    >
      <page.icon className="size-4 shrink-0" aria-hidden />
      <span className={cn('truncate', isCollapsed && 'sr-only')}>{t(`pages.${page.name}`)}</span>
    </PageLink>
  );
  if (!isCollapsed) return link;
  return (
    <Tooltip text={t(`pages.${page.name}`)} side="right">
      {link}
    </Tooltip>
  );
}

/** The same on a phone, within the thumb's reach. */
export function BottomBar() {
  const t = useTranslations('layout');
  const path = usePathname();
  return (
    <nav
      aria-label={t('navigation')}
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {pages.map((page) => (
        <PageLink
          key={page.name}
          href={page.href}
          aria-current={path === page.href ? 'page' : undefined}
          className={cn(
            'flex h-14 min-w-8 flex-auto flex-col items-center justify-center gap-1 text-2xs font-medium max-[430px]:text-[0.625rem] max-[430px]:tracking-tight focus-visible:outline-offset-[-3px]',
            path === page.href ? 'text-accent' : 'text-ink-soft',
          )}
        >
          <page.icon className="size-5" strokeWidth={1.75} aria-hidden />
          <span className="max-w-full truncate">{t(`pages.${page.name}`)}</span>
        </PageLink>
      ))}
    </nav>
  );
}
