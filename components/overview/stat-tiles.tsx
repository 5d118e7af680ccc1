'use client';
import { Info } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { Overview } from '@/lib/admin/contract/stats';
import { formatChange, formatPoints } from '@/lib/client/change';
import { formatCount, formatDuration, formatShare, formatUsd } from '@/lib/client/format';
import { Tooltip } from '../ui/tooltip';

/** What matters most, over the range, beside the time before it, and now. */
export function StatTiles({ overview }: { readonly overview: Overview }) {
  const t = useTranslations('overview.tiles');
  const { totals, rates } = overview;
  const before = isComparable(overview) ? overview.before : NOTHING;
  const value = formatCount(rates.inFlight);
  const inFlight =
    rates.waiting === 0
      ? t('inFlight', { value })
      : t('waiting', { value, waiting: formatCount(rates.waiting) });
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-3 xl:grid-cols-6">
      <Tile
        label={t('requests')}
        value={formatCount(totals.requests)}
        change={formatChange(totals.requests, before.requests)}
        now={t('now', { value: t('perMinute', { value: formatCount(rates.requestsPerMinute) }) })}
        more={inFlight}
      />
      <Tile
        label={t('success')}
        value={formatShare(totals.succeeded, totals.succeeded + totals.failed)}
        change={formatPoints(totals.successRate, before.successRate)}
        now={rates.successRate === null ? undefined : t('now', { value: formatShare(rates.successRate, 1) })}
        more={t('failed', { value: formatCount(totals.failed) })}
      />
      <Saved totals={totals} before={before} />
      <Tile
        label={t('tokens')}
        value={formatCount(tokensOf(totals))}
        change={formatChange(tokensOf(totals), tokensOf(before))}
        now={t('now', { value: t('perMinute', { value: formatCount(rates.tokensPerMinute) }) })}
        more={t('split', {
          prompt: formatCount(totals.promptTokens),
          completion: formatCount(totals.completionTokens),
        })}
      />
      <Cost totals={totals} before={before} />
      <Tile
        label={t('latency')}
        value={duration(totals.latencyP50Ms)}
        change={formatChange(totals.latencyP50Ms, before.latencyP50Ms)}
        now={
          rates.latencyP50Ms === null ? undefined : t('now', { value: formatDuration(rates.latencyP50Ms) })
        }
        more={t('latencyMore', { p95: duration(totals.latencyP95Ms), ttfb: duration(totals.ttfbAverageMs) })}
      />
    </dl>
  );
}

/** Nothing is compared with a time of which not all is known. */
export function isComparable({ before, compared }: Pick<Overview, 'before' | 'compared'>): boolean {
  return before.requests > 0 && compared?.isCut !== true;
}

type Before = Pick<
  Overview['before'],
  | 'requests'
  | 'successRate'
  | 'rescued'
  | 'promptTokens'
  | 'completionTokens'
  | 'costUsd'
  | 'unpriced'
  | 'latencyP50Ms'
>;

const NOTHING: Before = {
  requests: 0,
  successRate: null,
  rescued: null,
  promptTokens: 0,
  completionTokens: 0,
  costUsd: null,
  unpriced: 0,
  latencyP50Ms: null,
};

interface Compared {
  readonly totals: Overview['totals'];
  readonly before: Before;
}

function tokensOf({
  promptTokens,
  completionTokens,
}: Pick<Before, 'promptTokens' | 'completionTokens'>): number {
  return promptTokens + completionTokens;
}

/** What would have failed without a gateway, and what that took. */
function Saved({ totals, before }: Compared) {
  const t = useTranslations('overview.tiles');
  const { rescued, attempts, requests } = totals;
  return (
    <Tile
      label={t('saved')}
      hint={t('savedHint')}
      value={rescued === null ? '–' : formatCount(rescued)}
      change={formatChange(rescued, before.rescued)}
      now={t('attemptsEach', { value: requests === 0 ? '–' : (attempts / requests).toFixed(2) })}
      more={t(rescued === null ? 'savedUnknown' : 'savedBy')}
    />
  );
}

function Cost({ totals, before }: Compared) {
  const t = useTranslations('overview.tiles');
  const { costUsd, requests, unpriced } = totals;
  const priced = requests - unpriced;
  const each = costUsd === null || priced <= 0 ? undefined : formatUsd((1_000 * costUsd) / priced);
  return (
    <Tile
      label={t('cost')}
      value={costUsd === null ? '–' : formatUsd(costUsd)}
      // What is not known whole is not compared.
      change={unpriced + before.unpriced > 0 ? undefined : formatChange(costUsd, before.costUsd)}
      now={each === undefined ? undefined : t('costEach', { value: each })}
      more={unpriced === 0 ? t('costListed') : t('unpriced', { value: formatCount(unpriced) })}
    />
  );
}

function duration(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}

interface TileProps {
  readonly label: string;
  /** What exactly it is. */
  readonly hint?: string;
  readonly value: string;
  /** Against the time before; undefined where nothing is to be compared. */
  readonly change: string | undefined;
  /** What it is now; undefined while there is no traffic. */
  readonly now: string | undefined;
  readonly more: string;
}

function Tile({ label, hint, value, change, now, more }: TileProps) {
  const t = useTranslations('overview.tiles');
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <dt className="flex items-center gap-1 text-xs text-ink-soft">
        {label}
        {hint !== undefined && (
          <Tooltip text={hint}>
            <button type="button" aria-label={hint} className="hit text-ink-faint hover:text-ink">
              <Info className="size-3.5" aria-hidden />
            </button>
          </Tooltip>
        )}
      </dt>
      <dd>
        <p className="mt-0.5 flex flex-wrap items-baseline gap-x-2">
          <span className="truncate text-xl font-semibold tracking-tight">{value}</span>
          {change !== undefined && (
            <span className="text-xs whitespace-nowrap text-ink-soft">
              {change}
              <span className="sr-only"> {t('thanBefore')}</span>
            </span>
          )}
        </p>
        <p className="mt-1 text-xs text-ink-soft">{now ?? t('quiet')}</p>
        <p className="text-xs text-ink-faint">{more}</p>
      </dd>
    </div>
  );
}
