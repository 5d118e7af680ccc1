'use client';
import {
  Boxes,
  Keyboard,
  KeyRound,
  KeySquare,
  Languages,
  LogOut,
  Route,
  ShieldCheck,
  SunMoon,
  Waypoints,
} from 'lucide-react';
import { useLocale } from 'next-intl';
import { useTheme } from 'next-themes';
import { useMemo } from 'react';
import { localeNames, type Locale } from '@/i18n/locale';
import { useTranslations } from '@/i18n/use-translations';
import { signOut } from '@/lib/client/session';
import { useMayLeave } from '../layout/leave-guard';
import { useSpeak } from '../layout/use-speak';
import type { Command } from './command';
import { useMay, type Needs } from '../shared/use-me';
import { drawerHref } from './drawer-href';

const themes = ['light', 'dark', 'system'] as const;

/** What can be done from anywhere. Each leads to a page that asks what it has to, or changes how the dashboard looks. */
export function useActionCommands(onHelp: () => void): readonly Command[] {
  const opened = useOpenedForms();
  const looks = useLooks();
  const t = useTranslations('commands');
  const layout = useTranslations('layout');
  const mayLeave = useMayLeave();
  const may = useMay();
  return useMemo(
    () => [
      ...opened.filter(({ id }) => may(NEEDS[id] ?? 'session.read')),
      ...looks,
      { id: 'do help', label: t('shortcuts'), words: ['keyboard shortcuts'], icon: Keyboard, act: onHelp },
      {
        id: 'do sign-out',
        label: layout('signOut'),
        words: ['sign out', 'log out'],
        icon: LogOut,
        act: () => void mayLeave().then((isYes) => (isYes ? signOut() : undefined)),
      },
    ],
    [opened, looks, t, layout, mayLeave, may, onHelp],
  );
}

const NEEDS: Readonly<Record<string, Needs>> = {
  'do import': 'keys.import',
  'do verify-keys': 'keys.bulk',
  'do provider': 'providers.create',
  'do route': 'routes.replace',
  'do proxies': 'proxies.create',
  'do token': 'tokens.create',
};

function useOpenedForms(): readonly Command[] {
  const t = useTranslations('commands.actions');
  return useMemo(
    () => [
      {
        id: 'do import',
        label: t('addKeys'),
        words: ['add keys import'],
        icon: KeyRound,
        act: () => drawerHref('/keys', { open: 'import' }),
      },
      {
        id: 'do verify-keys',
        label: t('verifyKeys'),
        words: ['test all keys verify'],
        icon: ShieldCheck,
        act: () => drawerHref('/keys', { open: 'verify' }),
      },
      {
        id: 'do provider',
        label: t('newProvider'),
        words: ['new provider add'],
        icon: Boxes,
        act: '/providers?open=new',
      },
      {
        id: 'do route',
        label: t('newRoute'),
        words: ['new route add'],
        icon: Route,
        act: '/models?open=new',
      },
      {
        id: 'do proxies',
        label: t('addProxies'),
        words: ['add proxies new proxy'],
        icon: Waypoints,
        act: () => drawerHref('/proxies', { open: 'new' }),
      },
      {
        id: 'do token',
        label: t('newToken'),
        words: ['new token add client'],
        icon: KeySquare,
        act: '/settings?tab=tokens&token=new',
      },
    ],
    [t],
  );
}

function useLooks(): readonly Command[] {
  const t = useTranslations('layout');
  const locale = useLocale();
  const speak = useSpeak();
  const { theme = 'system', setTheme } = useTheme();
  return useMemo(
    () => [
      ...themes
        .filter((name) => name !== theme)
        .map((name) => ({
          id: `theme ${name}`,
          label: `${t('theme')}: ${t(`themes.${name}`)}`,
          words: ['theme', name],
          icon: SunMoon,
          act: () => setTheme(name),
        })),
      ...(Object.keys(localeNames) as Locale[])
        .filter((name) => name !== locale)
        .map((name) => ({
          id: `language ${name}`,
          label: `${t('language')}: ${localeNames[name]}`,
          words: ['language', name],
          icon: Languages,
          act: () => void speak(name),
        })),
    ],
    [t, locale, speak, theme, setTheme],
  );
}
