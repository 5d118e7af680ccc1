'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { RouteItem, RouteTargetItem } from '@/lib/admin/contract/routes';
import { formatDuration } from '@/lib/client/format';
import { Badge, Mark, type Tone } from '../ui/badge';

const tones: Readonly<Record<RouteTargetItem['state'], Tone>> = {
  ready: 'good',
  resting: 'warn',
  no_keys: 'bad',
  disabled: 'neutral',
  filtered: 'bad',
  unknown: 'bad',
};

/** The targets of a route by tier, with their share of it and what they can do now. */
export function RouteTargets({ route }: { readonly route: RouteItem }) {
  const t = useTranslations('models');
  const tiers = [...new Set(route.targets.map(({ tier }) => tier))].toSorted((a, b) => a - b);
  return (
    <ol className="grid gap-3">
      {tiers.map((tier) => {
        const targets = route.targets.filter((target) => target.tier === tier);
        const total = targets.reduce((sum, { weight }) => sum + weight, 0);
        return (
          <li key={tier} className="grid gap-1">
            {tiers.length > 1 && <p className="text-xs text-ink-faint">{t('tier', { tier })}</p>}
            <ul className="grid gap-1">
              {targets.map((target) => (
                <Target
                  key={`${target.provider} ${target.model ?? ''}`}
                  target={target}
                  share={Math.round((target.weight / total) * 100)}
                />
              ))}
            </ul>
          </li>
        );
      })}
    </ol>
  );
}

interface TargetProps {
  readonly target: RouteTargetItem;
  /** Of the requests of its tier, in percent. */
  readonly share: number;
}

function Target({ target, share }: TargetProps) {
  const t = useTranslations('models');
  const { provider, model, state, freeKeys, keys, freeInMs } = target;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-sunken px-3 py-1.5 text-xs">
      <span className="w-10 text-ink-soft tabular-nums">{`${share} %`}</span>
      <span className="font-medium [overflow-wrap:anywhere]">{provider}</span>
      <span className="min-w-0 flex-1 basis-full font-mono [overflow-wrap:anywhere] text-ink-soft sm:basis-0">
        {model ?? t('sameName')}
      </span>
      <span className="text-ink-soft">{t('keys', { free: freeKeys, count: keys })}</span>
      <Badge tone={tones[state]}>
        <Mark tone={tones[state]} />
        {t(`states.${state}`)}
        {freeInMs !== null && ` · ${formatDuration(freeInMs)}`}
      </Badge>
    </li>
  );
}
