'use client';
import type { KeyCounts } from '@/lib/admin/contract/stats';
import { useTranslations } from '@/i18n/use-translations';
import type { BreakerItem } from '@/lib/admin/contract/values';
import { Badge, Mark, type Tone } from '../ui/badge';
import { Tooltip } from '../ui/tooltip';
import { Countdown } from './time';
import { useSaid } from './use-said';

const tones: Record<BreakerItem['state'], Tone> = { closed: 'good', half_open: 'warn', open: 'bad' };

interface BreakerBadgeProps {
  readonly breaker: BreakerItem;
  readonly isEnabled?: boolean;
  /** Of a provider. */
  readonly keys?: Pick<KeyCounts, 'total' | 'active'>;
}

/** How a provider or a proxy is, by its breaker and its keys; why on hover and on focus. */
export function BreakerBadge({ breaker, isEnabled = true, keys }: BreakerBadgeProps) {
  const t = useTranslations('breaker');
  const said = useSaid();
  if (!isEnabled) return <Badge>{t('off')}</Badge>;
  if (keys?.total === 0) return <KeyBadge tone="neutral" text={t('noKeys')} />;
  if (keys?.active === 0 && breaker.state === 'closed') return <KeyBadge tone="bad" text={t('noneActive')} />;
  const badge = (
    <Badge tone={tones[breaker.state]} {...(breaker.reason === null ? {} : { tabIndex: 0 })}>
      <BreakerState breaker={breaker} />
    </Badge>
  );
  return breaker.reason === null ? badge : <Tooltip text={said(breaker, 'reason')}>{badge}</Tooltip>;
}

function BreakerState({ breaker }: { readonly breaker: BreakerItem }) {
  const t = useTranslations('breaker');
  const { state, cause, openUntil } = breaker;
  return (
    <>
      <Mark tone={tones[state]} />
      {cause === 'shared_cause' && state !== 'closed' ? t('sharedCause') : t(state)}
      {state === 'open' && openUntil !== null && <Countdown until={openUntil} />}
    </>
  );
}

function KeyBadge({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <Badge tone={tone}>
      <Mark tone={tone} />
      {text}
    </Badge>
  );
}
