'use client';
import { Unplug } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { Badge, type Tone } from '../ui/badge';

/** `outcome`: a status of success is good only with an answer that came whole. */
export function statusTone(status: number | null, outcome = 'success'): Tone {
  if (status === null || status >= 500 || status === 401 || status === 403 || status === 402) return 'bad';
  if (status === 429) return 'warn';
  if (status === 499 || status >= 400) return 'neutral';
  if (outcome === 'client_error' || outcome === 'request_refused') return 'neutral';
  return outcome === 'success' ? 'good' : 'bad';
}

interface StatusCodeProps {
  readonly status: number | null;
  /** What became of the request or attempt, if it is known. */
  readonly outcome?: string | undefined;
}

/** An HTTP status; null means that no answer came. One of an answer that broke off is red and says so. */
export function StatusCode({ status, outcome }: StatusCodeProps) {
  const t = useTranslations('common');
  const verdicts = useTranslations('verdicts');
  const tone = statusTone(status, outcome);
  const isBroken = tone === 'bad' && status !== null && status > 0 && status < 400;
  const why = isBroken && outcome !== undefined && verdicts.has(outcome as never) ? outcome : undefined;
  return (
    <Badge tone={tone} title={why && verdicts(why as never)}>
      {status === null || status === 0 ? t('noAnswer') : status}
      {isBroken && <Unplug aria-label={why && verdicts(why as never)} className="size-3" />}
    </Badge>
  );
}
