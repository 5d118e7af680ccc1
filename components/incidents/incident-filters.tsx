'use client';
import { useTranslations } from '@/i18n/use-translations';
import { incidentKinds } from '@/lib/client/incidents';
import { WindowChip } from '../logs/window-chip';
import { sinceChoices, type LogView } from '../logs/log-view';
import { Button } from '../ui/button';
import { Select } from '../ui/select';
import { isIncidentFiltered } from './incident-view';

interface IncidentFiltersProps {
  readonly view: LogView;
  readonly onChange: (patch: Partial<LogView>) => void;
}

const noFilter = { kind: '', since: '', from: '', to: '', page: '' };

export function IncidentFilters({ view, onChange }: IncidentFiltersProps) {
  const t = useTranslations('incidents');
  const logs = useTranslations('logs');
  return (
    <>
      <Select
        className="w-auto max-w-56"
        aria-label={t('kind')}
        value={view.kind}
        options={[
          { value: '', label: t('allKinds') },
          ...incidentKinds.map((kind) => ({ value: kind as string, label: t(`kinds.${kind}`) })),
        ]}
        onChange={(kind) => onChange({ kind, page: '' })}
      />
      <Select
        className="w-auto"
        aria-label={logs('time')}
        value={view.since}
        options={[
          { value: '', label: logs('anyTime') },
          ...sinceChoices.map((value) => ({ value: value as string, label: logs(`since.${value}`) })),
        ]}
        onChange={(since) => onChange({ since, from: '', to: '', page: '' })}
      />
      <WindowChip view={view} onChange={(patch) => onChange({ ...patch, page: '' })} />
      {isIncidentFiltered(view) && (
        <Button look="ghost" size="sm" onClick={() => onChange(noFilter)}>
          {logs('clearFilters')}
        </Button>
      )}
    </>
  );
}
