'use client';
import { ListFilter } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { SkeletonRows } from '../ui/skeleton';
import type { LogView } from './log-view';

const FilterForm = dynamic(() => import('./filter-form'), {
  ssr: false,
  loading: () => <SkeletonRows rows={8} />,
});

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
