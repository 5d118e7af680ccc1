'use client';
import { isOfIncidents, logKindOf, logViewDefaults } from './log-view';
import { useTranslations } from '@/i18n/use-translations';
import { useUrlState } from '../shared/use-url-state';
import { IncidentsList } from '../incidents/incidents-list';
import { Tabs } from '../ui/tabs';
import { LogList } from './log-list';

const kinds = ['requests', 'errors'] as const;

export function LogsPage() {
  const t = useTranslations('logs');
  const [view, change] = useUrlState(logViewDefaults, 'log');
  return (
    <Tabs
      label={t('tabs')}
      className="flex h-[calc(100dvh-9rem)] min-h-96 flex-col gap-3 max-sm:min-h-[34rem] md:h-[calc(100dvh-5.75rem)]"
      value={isOfIncidents(view) ? 'incidents' : logKindOf(view)}
      onChange={(tab) => change({ tab, page: '' })}
      tabs={[
        ...kinds.map((kind) => ({
          value: kind,
          label: t(kind),
          content: <LogList kind={kind} view={view} onChange={change} />,
        })),
        {
          value: 'incidents' as const,
          label: t('incidents'),
          content: <IncidentsList view={view} onChange={change} />,
        },
      ]}
    />
  );
}
