'use client';
import type { ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { formatCount, formatUsd } from '@/lib/client/format';
import { Moment } from '../shared/time';
import { useNow } from '../shared/use-now';
import { Badge } from '../ui/badge';
import { Progress } from '../ui/progress';
import { LIMIT_NAMES } from './token-draft';

const SOON_MS = 7 * 86_400_000;
/** From here on a budget or a limit is nearly used up. */
const NEARLY = 0.8;

/** Whether it lets anybody in, and for how long yet. */
export function TokenState({ token }: { readonly token: TokenItem }) {
  const t = useTranslations('tokens');
  const now = useNow();
  const { isEnabled, expiresAt } = token;
  if (!isEnabled) return <Badge>{t('statuses.disabled')}</Badge>;
  if (expiresAt === null) return null;
  if (expiresAt <= now) return <Badge tone="bad">{t('statuses.expired')}</Badge>;
  return (
    <Badge tone={expiresAt - now < SOON_MS ? 'warn' : 'neutral'}>
      {t(expiresAt - now < SOON_MS ? 'expiresSoon' : 'expiresAt')} <Moment at={expiresAt} />
    </Badge>
  );
}

/** What it may ask for, and from where. */
export function TokenReach({ token }: { readonly token: TokenItem }) {
  const t = useTranslations('tokens');
  const { models, providers, allowedIps, priority } = token;
  const rules = [
    models.length > 0 && `${t('models')}: ${models.join(', ')}`,
    providers.length > 0 && `${t('providers')}: ${providers.join(', ')}`,
    allowedIps.length > 0 && `${t('allowedIps')}: ${allowedIps.join(', ')}`,
    priority !== 0 && `${t('priority')}: ${priority}`,
  ].filter((rule) => rule !== false);
  if (rules.length === 0) return <span className="text-ink-faint">{t('everything')}</span>;
  return (
    <span className="grid gap-0.5 text-xs text-ink-soft">
      {rules.map((rule) => (
        <span key={rule} className="line-clamp-2 [overflow-wrap:anywhere]" title={rule}>
          {rule}
        </span>
      ))}
    </span>
  );
}

/** What is used of its budget and of its limits. */
export function TokenUse({ token }: { readonly token: TokenItem }) {
  const t = useTranslations('tokens');
  const { limits, used } = token;
  const bars = LIMIT_NAMES.flatMap((name) => {
    const max = limits[name];
    const value = used[name] ?? 0;
    return max === undefined ? [] : [{ name, max, value }];
  });
  if (bars.length === 0 && token.budget === null)
    return <span className="text-ink-faint max-sm:hidden">–</span>;
  return (
    <span className="grid min-w-40 gap-1.5 py-1">
      <BudgetBar token={token} />
      {bars.map(({ name, max, value }) => (
        <Bar
          key={name}
          label={t(`used.${name}`)}
          value={value}
          max={max}
          text={`${formatCount(value)} / ${formatCount(max)}`}
        />
      ))}
    </span>
  );
}

function BudgetBar({ token: { budget, spent } }: { readonly token: TokenItem }) {
  const t = useTranslations('tokens');
  if (budget === null || spent === null) return null;
  const { unit, amount, period } = budget;
  const shown = (value: number): string => (unit === 'usd' ? formatUsd(value) : formatCount(value));
  return (
    <Bar
      label={`${t(`periods.${period}`)} · ${t(`units.${unit}`)}`}
      value={spent.amount}
      max={amount}
      text={`${shown(spent.amount)} / ${shown(amount)}`}
    >
      {spent.renewsAt !== null && (
        <span className="text-xs text-ink-faint">
          {t('renews')} <Moment at={spent.renewsAt} />
        </span>
      )}
    </Bar>
  );
}

interface BarProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly text: string;
  readonly children?: ReactNode;
}

function Bar({ label, value, max, text, children }: BarProps) {
  const tone = value >= max ? 'bad' : value >= NEARLY * max ? 'warn' : 'accent';
  return (
    <span className="grid gap-0.5">
      <span className="flex justify-between gap-3 text-xs">
        <span className="text-ink-soft">{label}</span>
        <span className="whitespace-nowrap tabular-nums">{text}</span>
      </span>
      <Progress value={value} max={max} label={`${label}: ${text}`} tone={tone} />
      {children}
    </span>
  );
}
