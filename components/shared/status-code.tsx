'use client';
import { Unplug } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { Badge, type Tone } from '../ui/badge';

/** Statuses below 500 that are bad: no key, no money, no right. */
const BAD = new Set([401, 402, 403]);
/** An answer that came whole, and says no to what the client asked for. */
const NEUTRAL_OUTCOMES = new Set(['client_error', 'object_not_found', 'request_refused']);

/** `outcome`: a status of success is good only with an answer that came whole. */
export function statusTone(status: number | null, outcome = 'success'): Tone {
  if (outcome === 'outrun') return 'neutral';
  if (status === null || status >= 500 || BAD.has(status)) return 'bad';
  if (status === 429) return 'warn';
  if (status >= 400 || NEUTRAL_OUTCOMES.has(outcome)) return 'neutral';
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
