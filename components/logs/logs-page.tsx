'use client';
import { logKindOf, logViewDefaults } from './log-view';
import { useTranslations } from '@/i18n/use-translations';
import { useUrlState } from '../shared/use-url-state';
import { Tabs } from '../ui/tabs';
import { LogList } from './log-list';

const kinds = ['requests', 'errors'] as const;

export function LogsPage() {
  const t = useTranslations('logs');
  const [view, change] = useUrlState(logViewDefaults, 'log');
  return (
    <Tabs
      label={t('tabs')}
      className="flex h-[calc(100dvh-9rem)] min-h-96 flex-col gap-3 md:h-[calc(100dvh-5.75rem)]"
      value={logKindOf(view)}
      onChange={(tab) => change({ tab })}
      tabs={kinds.map((kind) => ({
        value: kind,
        label: t(kind),
        content: <LogList kind={kind} view={view} onChange={change} />,
      }))}
    />
  );
}
