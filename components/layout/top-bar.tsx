'use client';
import { CircleUser, LogOut } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useTranslations } from '@/i18n/use-translations';
import { signOut } from '@/lib/client/session';
import { CommandCenter } from '../commands/command-center';
import { TimeZone } from '../shared/time-zone';
import { useMe } from '../shared/use-me';
import { Button } from '../ui/button';
import { Menu, MenuHint, MenuItem } from '../ui/dropdown-menu';
import { LiveIndicator } from './live-indicator';
import { pageAt } from './pages';
import { LanguageMenu, ThemeMenu } from './preferences';
import { TaskCenter } from '../tasks/task-center';
import { Trouble } from './trouble';

export function TopBar() {
  const t = useTranslations('layout');
  const page = pageAt(usePathname());
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-1 border-b border-line bg-canvas/90 px-4 backdrop-blur md:px-5">
      <h1 className="min-w-0 truncate text-base font-semibold">{page && t(`pages.${page.name}`)}</h1>
      <Trouble />
      <div className="ml-auto flex shrink-0 items-center gap-1">
        <span className="mr-1 max-[389px]:hidden">
          <TimeZone />
        </span>
        <CommandCenter />
        <LiveIndicator />
        <TaskCenter />
        <LanguageMenu />
        <ThemeMenu />
        <Account />
      </div>
    </header>
  );
}

/** Who is signed in, where that is a person, and the way out. */
function Account() {
  const t = useTranslations('layout');
  const { name, role } = useMe();
  if (name === null) {
    return (
      <Button look="ghost" size="icon" aria-label={t('signOut')} onClick={() => void signOut()}>
        <LogOut aria-hidden />
      </Button>
    );
  }
  const label = t('signedInAs', { name, role: t(`roles.${role}`) });
  return (
    <Menu
      trigger={
        <Button look="ghost" size="icon" aria-label={label}>
          <CircleUser aria-hidden />
        </Button>
      }
    >
      <MenuHint>{label}</MenuHint>
      <MenuItem onSelect={() => void signOut()}>
        <LogOut aria-hidden />
        {t('signOut')}
      </MenuItem>
    </Menu>
  );
}
