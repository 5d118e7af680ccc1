'use client';
import { Plus, ShieldCheck, Trash2 } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { SearchBox } from '../shared/search-box';
import { Button } from '../ui/button';
import { Select } from '../ui/select';
import type { ProxyView } from './proxy-view';
import { useProxyBulk } from './use-proxy-bulk';

const STATUSES = ['healthy', 'unchecked', 'failing', 'disabled', 'disabled_auto', 'disabled_manual'] as const;

interface ProxyFiltersProps {
  readonly view: ProxyView;
  readonly onChange: (patch: Partial<ProxyView>) => void;
}

interface AllProxiesProps {
  /** There is none to do anything with. */
  readonly isEmpty: boolean;
  readonly onAdd: () => void;
}

/** Which proxies are shown, and what can be done with all of them. */
export function ProxiesBar({ view, onChange, isEmpty, onAdd }: ProxyFiltersProps & AllProxiesProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <ProxyFilters view={view} onChange={onChange} />
      <AllProxies isEmpty={isEmpty} onAdd={onAdd} />
    </div>
  );
}

function ProxyFilters({ view, onChange }: ProxyFiltersProps) {
  const t = useTranslations('proxies');
  return (
    <>
      <SearchBox
        className="w-full sm:w-60"
        label={t('search')}
        value={view.search}
        onChange={(search) => onChange({ search })}
      />
      <Select
        className="w-auto"
        aria-label={t('columns.status')}
        value={view.status}
        options={[
          { value: '', label: t('allStatuses') },
          ...STATUSES.map((value) => ({ value, label: t(`statuses.${value}`) })),
        ]}
        onChange={(status) => onChange({ status })}
      />
    </>
  );
}

function AllProxies({ isEmpty, onAdd }: AllProxiesProps) {
  const t = useTranslations('proxies');
  const bulk = useProxyBulk();
  return (
    <div className="ml-auto flex flex-wrap gap-2">
      <Button
        needs="proxies.bulk"
        disabled={isEmpty}
        onClick={() => void bulk({ action: 'test', all: true })}
      >
        <ShieldCheck aria-hidden />
        {t('testAll')}
      </Button>
      <Button
        look="dangerGhost"
        disabled={isEmpty}
        needs={['proxies.bulk', { action: 'delete-failed' }]}
        onClick={() => void bulk({ action: 'delete-failed', all: true })}
      >
        <Trash2 aria-hidden />
        {t('deleteFailed')}
      </Button>
      <Button look="primary" needs="proxies.create" onClick={onAdd}>
        <Plus aria-hidden />
        {t('add')}
      </Button>
    </div>
  );
}
