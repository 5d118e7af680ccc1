'use client';
import { ListFilter } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { FilterForm } from './filter-form';
import type { LogView } from './log-view';

interface MoreFiltersProps {
  readonly view: LogView;
  readonly onChange: (patch: Partial<LogView>) => void;
}

/** The filters that have no place of their own above the list. */
export function MoreFilters({ view, onChange }: MoreFiltersProps) {
  const t = useTranslations('logs');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <ListFilter aria-hidden />
        {t('filters')}
      </Button>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} title={t('filters')}>
        <FilterForm
          view={view}
          onSubmit={(patch) => {
            onChange(patch);
            setOpen(false);
          }}
        />
      </Dialog>
    </>
  );
}
