'use client';
import { elapsed } from '@/lib/client/format';
import { useTranslations } from '@/i18n/use-translations';
import type { LiveData } from '@/lib/client/live-data';
import { useNow } from '../shared/use-now';
import { cn } from '../ui/class-names';
import { useLive } from './live-provider';

/** Whether what one sees is what is. */
export function LiveIndicator() {
  const t = useTranslations('live');
  const { state, data } = useLive();
  const now = useNow();
  const isLive = state.kind === 'live';
  const text =
    state.kind === 'stale' ? t('stale', elapsed(now - state.since)) : isLive ? t('live') : t('connecting');
  return (
    <span
      className={cn(
        'mr-1 inline-flex h-7 items-center gap-1.5 rounded-full px-2 text-xs font-medium',
        isLive && 'text-ink-soft',
        state.kind === 'connecting' && 'text-ink-faint',
        state.kind === 'stale' && 'bg-warn-soft text-warn',
      )}
      data-live={state.kind}
    >
      <span
        aria-hidden
        className={cn(
          'size-1.5 rounded-full',
          isLive ? 'bg-good-mark' : state.kind === 'stale' ? 'bg-warn-mark' : 'animate-sheen bg-line-strong',
        )}
      />
      {text}
      {isLive && data !== undefined && <Whose rates={data.rates} />}
      <span className="sr-only" role="status">
        {isLive ? t('live') : state.kind === 'stale' ? t('lost') : ''}
      </span>
    </span>
  );
}

/** Of how many instances the figures are, where there may be others. */
function Whose({ rates: { ofAll, instances } }: Pick<LiveData, 'rates'>) {
  const t = useTranslations('live');
  if (ofAll && instances.length < 2) return null;
  return (
    <span className="font-normal text-ink-faint">
      {ofAll ? t('instances', { count: instances.length }) : t('thisOnly')}
    </span>
  );
}
