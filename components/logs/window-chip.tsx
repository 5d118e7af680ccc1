'use client';
import { useFormatter } from 'next-intl';
import { useTranslations } from '@/i18n/use-translations';
import { Chip } from '../shared/chip';
import type { LogView } from './log-view';

type View = Pick<LogView, 'since' | 'from' | 'to'>;

interface WindowChipProps {
  readonly view: View;
  readonly onChange: (patch: Partial<View>) => void;
}

/** A window of time that does not move on, to be taken off again. */
export function WindowChip({ view, onChange }: WindowChipProps) {
  const t = useTranslations('logs');
  const format = useFormatter();
  if (view.since !== '' || (view.from === '' && view.to === '')) return null;
  const timeOf = (text: string) => {
    const at = Date.parse(text);
    return Number.isNaN(at) ? text : format.dateTime(at, { dateStyle: 'medium', timeStyle: 'short' });
  };
  const [from, to] = [timeOf(view.from), timeOf(view.to)];
  const label =
    to === ''
      ? t('window.from', { from })
      : from === ''
        ? t('window.to', { to })
        : t('window.both', { from, to });
  return <Chip label={label} onRemove={() => onChange({ from: '', to: '' })} />;
}
