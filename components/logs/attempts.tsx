'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { Gone, LogStory } from '@/lib/admin/contract/logs';
import { formatDuration } from '@/lib/client/format';
import { keysHref } from '../keys/key-view';
import { statusTone, StatusCode } from '../shared/status-code';
import { Countdown } from '../shared/time';
import { VerdictText } from '../shared/verdict-text';
import { Badge, Mark, type Tone } from '../ui/badge';
import { useSaid } from '../shared/use-said';
import { cn } from '../ui/class-names';
import { GoneMark } from './gone-mark';

type Attempt = LogStory['attempts'][number];

/** The attempts on a common line of time, each with why it was made and what it led to. */
export function Attempts({ story }: { readonly story: LogStory }) {
  const t = useTranslations('logs.story');
  const shortage = useTranslations('logs.shortage');
  const { attempts, skippedProviders, waits, socket } = story;
  const totalMs = Math.max(
    story.request?.durationMs ?? 0,
    ...attempts.map(({ startMs, durationMs }) => startMs + durationMs),
    1,
  );
  return (
    <ol className="grid gap-2.5">
      {attempts.length === 0 && <li className="text-xs text-ink-soft">{t('noAttempts')}</li>}
      {waits.map(({ provider, reason, startMs, durationMs, end }) => (
        <li key={startMs} className="rounded-md bg-sunken px-3 py-2 text-xs text-ink-soft">
          {t('waited', {
            provider,
            time: formatDuration(durationMs),
            start: formatDuration(startMs),
            reason: shortage.has(reason as never) ? shortage(reason as never) : reason,
          })}
          {` · ${t(`waitEnds.${end}`)}`}
        </li>
      ))}
      {attempts.map((attempt, index) => (
        <AttemptCard key={index} attempt={attempt} number={index + 1} totalMs={totalMs} />
      ))}
      {skippedProviders.map(({ provider, model, reason, retryAfterMs }) => (
        <li
          key={`${provider} ${model ?? ''}`}
          className="rounded-md bg-sunken px-3 py-2 text-xs text-ink-soft"
        >
          {t('skippedProvider', {
            provider: model === null ? provider : `${provider} (${model})`,
            reason: shortage.has(reason as never) ? shortage(reason as never) : reason,
          })}
          {retryAfterMs !== null && ` · ${t('retryAfter', { time: formatDuration(retryAfterMs) })}`}
        </li>
      ))}
      {socket !== null && (
        <li className="rounded-md bg-sunken px-3 py-2 text-xs text-ink-soft">
          {t('messages', { sent: socket.framesSent, received: socket.framesReceived })}
        </li>
      )}
    </ol>
  );
}

function toneOf(attempt: Attempt): Tone {
  return attempt.verdict === 'success' ? 'good' : statusTone(attempt.status, attempt.verdict);
}

interface AttemptCardProps {
  readonly attempt: Attempt;
  readonly number: number;
  readonly totalMs: number;
}

function AttemptCard({ attempt, number, totalMs }: AttemptCardProps) {
  const t = useTranslations('logs.story');
  const said = useSaid();
  const tone = toneOf(attempt);
  return (
    <li className="grid gap-2 rounded-md border border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Mark tone={tone} />
        <span className="font-medium">{t('attempt', { number })}</span>
        <Badge tone={tone}>
          <VerdictText name={attempt.verdict} />
        </Badge>
        {attempt.status !== null && <StatusCode status={attempt.status} outcome={attempt.verdict} />}
        <span className="ml-auto text-xs text-ink-soft">
          {t('took', { time: formatDuration(attempt.durationMs), start: formatDuration(attempt.startMs) })}
        </span>
      </div>
      <TimeLine attempt={attempt} totalMs={totalMs} tone={tone} />
      <Whom attempt={attempt} />
      <ul className="grid gap-1 text-xs text-ink-soft">
        {attempt.isHedge && <li>{t('hedge')}</li>}
        <Choice attempt={attempt} />
        <SkippedKeys attempt={attempt} />
        <li className="break-all">
          {attempt.egressHint === null ? t('direct') : t('through', { proxy: attempt.egressHint })}
          <GoneMark of="proxy" among={attempt.gone} />
        </li>
        {attempt.error !== null && <li className="wrap-anywhere text-bad">{said(attempt, 'error')}</li>}
        {attempt.effect !== null && <li>{t('effect', { effect: said(attempt, 'effect') })}</li>}
        {attempt.effect === null && attempt.verdict !== 'success' && <li>{t('noEffect')}</li>}
        {attempt.backoffMs !== null && <li>{t('backoff', { time: formatDuration(attempt.backoffMs) })}</li>}
      </ul>
    </li>
  );
}

/** Whose key it was, and what the model is called there. */
function Whom({ attempt }: { readonly attempt: Attempt }) {
  const t = useTranslations('logs.story');
  const { keyId, keyHint, gone, provider, model } = attempt;
  return (
    <p className="flex flex-wrap items-baseline gap-x-2 text-xs">
      <span>
        <KeyLink id={keyId} hint={keyHint} gone={gone} className="break-all text-accent" />
      </span>
      <span className="text-ink-soft">
        <bdi>{provider}</bdi>
        <GoneMark of="provider" among={gone} />
      </span>
      {model !== null && <span className="font-mono break-all text-ink-soft">{t('sentAs', { model })}</span>}
    </p>
  );
}

/** Why this key: the policy has chosen it, or it has what the request names. */
function Choice({ attempt }: { readonly attempt: Attempt }) {
  const t = useTranslations('logs.story');
  const { policy, candidates, keys, ownerOf } = attempt;
  return (
    <li className="wrap-anywhere">
      {ownerOf === null ? t('chosen', { policy, candidates, keys }) : t('owner', { object: ownerOf })}
    </li>
  );
}

interface KeyLinkProps {
  readonly id: string;
  readonly hint: string;
  readonly gone: Gone;
  readonly className?: string;
}

/** To the key, as long as there is one. */
function KeyLink({ id, hint, gone, className }: KeyLinkProps) {
  if (gone.includes('key')) {
    return (
      <>
        <span className="font-mono break-all">{hint}</span>
        <GoneMark of="key" among={gone} />
      </>
    );
  }
  return (
    <Link
      href={keysHref({ key: id })}
      className={cn('hit font-mono underline underline-offset-2', className)}
    >
      {hint}
    </Link>
  );
}

const fills: Record<Tone, string> = {
  good: 'bg-good-mark',
  warn: 'bg-warn-mark',
  bad: 'bg-bad-mark',
  neutral: 'bg-ink-faint',
  accent: 'bg-accent',
};

interface TimeLineProps {
  readonly attempt: Attempt;
  readonly totalMs: number;
  readonly tone: Tone;
}

function TimeLine({ attempt, totalMs, tone }: TimeLineProps) {
  return (
    <div className="relative h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden>
      <div
        className={`absolute inset-y-0 min-w-1 rounded-full ${fills[tone]}`}
        style={{
          left: `${(attempt.startMs / totalMs) * 100}%`,
          width: `${(attempt.durationMs / totalMs) * 100}%`,
        }}
      />
    </div>
  );
}

function SkippedKeys({ attempt }: { readonly attempt: Attempt }) {
  const t = useTranslations('logs.story');
  const why = useTranslations('logs.skip');
  const count = attempt.skipped.length + attempt.skippedMore;
  if (count === 0) return null;
  return (
    <li>
      <details>
        <summary className="min-h-6 min-w-6 w-fit rounded-sm hover:text-ink">
          {t('skipped', { count })}
        </summary>
        <ul className="mt-1 grid gap-0.5 border-l-2 border-line pl-3">
          {attempt.skipped.map(({ keyId, hint, reason, until, gone }) => (
            <li key={keyId} className="flex flex-wrap gap-x-2">
              <span>
                <KeyLink id={keyId} hint={hint} gone={gone} />
              </span>
              <span>{why.has(reason as never) ? why(reason as never) : reason}</span>
              {until !== null && <Countdown until={until} />}
            </li>
          ))}
          {attempt.skippedMore > 0 && <li>{t('skippedMore', { count: attempt.skippedMore })}</li>}
        </ul>
      </details>
    </li>
  );
}
