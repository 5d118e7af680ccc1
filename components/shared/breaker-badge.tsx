'use client';
import { useTranslations } from 'next-intl';
import type { BreakerItem } from '@/lib/admin/contract/values';
import { Badge, Mark, type Tone } from '../ui/badge';
import { Tooltip } from '../ui/tooltip';
import { Countdown } from './time';

const tones: Record<BreakerItem['state'], Tone> = { closed: 'good', half_open: 'warn', open: 'bad' };

interface BreakerBadgeProps {
  readonly breaker: BreakerItem;
  readonly isEnabled?: boolean;
}

/** How a provider or a proxy is, by its breaker; why on hover and on focus. */
export function BreakerBadge({ breaker, isEnabled = true }: BreakerBadgeProps) {
  const t = useTranslations('breaker');
  if (!isEnabled) return <Badge>{t('off')}</Badge>;
  const badge = (
    <Badge tone={tones[breaker.state]} {...(breaker.reason === null ? {} : { tabIndex: 0 })}>
      <Mark tone={tones[breaker.state]} />
      {breaker.cause === 'shared_cause' && breaker.state !== 'closed' ? t('sharedCause') : t(breaker.state)}
      {breaker.state === 'open' && breaker.openUntil !== null && <Countdown until={breaker.openUntil} />}
    </Badge>
  );
  return breaker.reason === null ? badge : <Tooltip text={breaker.reason}>{badge}</Tooltip>;
}
