'use client';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, Download } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { EndpointAnswer } from '@/lib/admin/contract/endpoint';
import type { incidentsApi } from '@/lib/admin/contract/incidents';
import { INCIDENTS_PAGE_SIZE, incidentsExportUrl, incidentsQuery } from '@/lib/client/incidents';
import { logViewDefaults, type LogView } from '../logs/log-view';
import { useNow } from '../shared/use-now';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { ViewsMenu } from '../views/views-menu';
import { IncidentFilters } from './incident-filters';
import { IncidentTable } from './incident-table';
import { incidentFilterOf, incidentPageOf, isIncidentFiltered } from './incident-view';

interface IncidentsListProps {
  readonly view: LogView;
  readonly onChange: (patch: Partial<LogView>) => void;
}

/** What was out and what still is, the newest first. */
export function IncidentsList({ view, onChange }: IncidentsListProps) {
  const t = useTranslations('incidents');
  const filter = incidentFilterOf(view, useNow());
  const { data, error, refetch } = useQuery(incidentsQuery(filter, incidentPageOf(view)));
  return (
    <div className="flex h-full min-h-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <IncidentFilters view={view} onChange={onChange} />
        <div className="ml-auto flex min-w-0 flex-wrap justify-end gap-2">
          <ViewsMenu page="logs" view={view} defaults={logViewDefaults} onChange={onChange} />
          <Button asChild>
            <a href={incidentsExportUrl(filter)} download>
              <Download aria-hidden />
              {t('export')}
            </a>
          </Button>
        </div>
      </div>
      <section className="flex min-h-40 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface">
        <div className="min-h-0 flex-1 overflow-y-auto">
          {data === undefined ? (
            error === null ? (
              <SkeletonRows className="p-4" />
            ) : (
              <ErrorState error={error} onRetry={() => void refetch()} />
            )
          ) : data.items.length === 0 ? (
            <EmptyState
              icon={CircleCheck}
              title={isIncidentFiltered(view) || data.total > 0 ? t('noneFound') : t('none')}
            >
              {t('noneHint')}
            </EmptyState>
          ) : (
            <IncidentTable items={data.items} />
          )}
        </div>
        {data !== undefined && data.total > 0 && <Footer list={data} onChange={onChange} />}
      </section>
    </div>
  );
}

interface FooterProps {
  readonly list: EndpointAnswer<typeof incidentsApi.list>;
  readonly onChange: IncidentsListProps['onChange'];
}

function Footer({ list: { items, total, page }, onChange }: FooterProps) {
  const t = useTranslations('incidents');
  const first = (page - 1) * INCIDENTS_PAGE_SIZE;
  const go = (to: number) => onChange({ page: to === 1 ? '' : String(to) });
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-3 border-t border-line px-3 py-1 text-xs text-ink-soft">
      <span>{t('shown', { first: Math.min(first + 1, total), last: first + items.length, total })}</span>
      {total > INCIDENTS_PAGE_SIZE && (
        <span className="ml-auto flex gap-2">
          <Button size="sm" disabled={page === 1} onClick={() => go(page - 1)}>
            {t('newer')}
          </Button>
          <Button size="sm" disabled={first + items.length >= total} onClick={() => go(page + 1)}>
            {t('older')}
          </Button>
        </span>
      )}
    </div>
  );
}
