'use client';
import { BookOpen, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { ADMIN_DOCS } from '@/lib/admin/contract/addresses';
import { viewMemory } from '@/lib/client/view-memory';
import { pages } from '../layout/pages';
import { INCIDENTS } from '../overview/attention-href';
import { settingsTabs } from '../settings/settings-tabs';
import type { Command } from './command';

/** The pages, and the parts of those that have some. They are also found by their English names. */
export function usePageCommands(): readonly Command[] {
  const t = useTranslations('layout');
  const settings = useTranslations('settings');
  const logs = useTranslations('logs');
  return useMemo(() => {
    const within = (page: string, part: string) => `${page} › ${part}`;
    const [first] = settingsTabs;
    const settingsPage = pages.find(({ name }) => name === 'settings');
    const logsPage = pages.find(({ name }) => name === 'logs');
    return [
      ...pages.map(({ name, href, icon }) => ({
        id: `page ${name}`,
        label: t(`pages.${name}`),
        words: [name],
        icon,
        act: () => viewMemory.hrefOf(href),
      })),
      ...settingsTabs
        .filter((tab) => tab !== first)
        .map((tab) => ({
          id: `settings ${tab}`,
          label: within(t('pages.settings'), settings(`tabs.${tab}`)),
          words: ['settings', tab],
          icon: settingsPage?.icon ?? BookOpen,
          act: `/settings?tab=${tab}`,
        })),
      {
        id: 'logs errors',
        label: within(t('pages.logs'), logs('errors')),
        words: ['logs', 'errors'],
        icon: logsPage?.icon ?? TriangleAlert,
        act: '/logs?tab=errors',
      },
      {
        id: 'logs incidents',
        label: within(t('pages.logs'), logs('incidents')),
        words: ['logs', 'incidents', 'history'],
        icon: logsPage?.icon ?? TriangleAlert,
        act: INCIDENTS,
      },
      {
        id: 'page reference',
        label: t('pages.reference'),
        words: ['reference', 'openapi', 'swagger'],
        icon: BookOpen,
        act: () => window.location.assign(ADMIN_DOCS),
      },
    ];
  }, [t, settings, logs]);
}
