'use client';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenStatus } from '@/lib/admin/contract/tokens';
import { SearchBox } from '../shared/search-box';
import { Button } from '../ui/button';
import { Select } from '../ui/select';

export const PAGE_SIZE = 50;
const STATUSES = ['active', 'expired', 'disabled'] as const satisfies readonly TokenStatus[];

export interface TokenView {
  readonly search: string;
  readonly status: TokenStatus | '';
  readonly page: number;
}

export const noTokenView: TokenView = { search: '', status: '', page: 1 };

export const isTokenFiltered = ({ search, status }: TokenView): boolean => search !== '' || status !== '';

interface TokenFiltersProps {
  readonly view: TokenView;
  readonly onChange: (patch: Partial<TokenView>) => void;
}

export function TokenFilters({ view, onChange }: TokenFiltersProps) {
  const t = useTranslations('tokens');
  return (
    <div className="flex flex-wrap gap-2 border-b border-line px-4 py-2.5">
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
          { value: '' as const, label: t('allStatuses') },
          ...STATUSES.map((value) => ({ value, label: t(`statuses.${value}`) })),
        ]}
        onChange={(status) => onChange({ status })}
      />
    </div>
  );
}

interface TokenPagesProps {
  readonly page: number;
  readonly total: number;
  readonly onChange: (page: number) => void;
}

export function TokenPages({ page, total, onChange }: TokenPagesProps) {
  const t = useTranslations('tokens');
  const from = (page - 1) * PAGE_SIZE + 1;
  const to = Math.min(total, page * PAGE_SIZE);
  return (
    <div className="flex items-center justify-end gap-2 border-t border-line px-4 py-2 text-xs text-ink-soft">
      <span className="tabular-nums">{t('shown', { from, to, total })}</span>
      <Button
        look="ghost"
        size="iconSm"
        aria-label={t('previousPage')}
        disabled={page <= 1}
        onClick={() => onChange(page - 1)}
      >
        <ChevronLeft aria-hidden />
      </Button>
      <Button
        look="ghost"
        size="iconSm"
        aria-label={t('nextPage')}
        disabled={to >= total}
        onClick={() => onChange(page + 1)}
      >
        <ChevronRight aria-hidden />
      </Button>
    </div>
  );
}
