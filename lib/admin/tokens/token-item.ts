import { keyHint } from '../../balancer/attribution/key-hint';
import { periodAt } from '../../balancer/limits/budget-period';
import type { ClientTokenRow, StoredTokenRules } from '../../store/client-token-row';
import type { TokenItem, TokenStatus } from '../contract/tokens';
import type { AdminConfiguration, AdminContext } from '../context';

type Known = Pick<AdminContext, 'configuration' | 'tokenUse' | 'spending' | 'settings' | 'now'>;
type SettingsToken = AdminConfiguration['settingsTokens'][number];

const NO_RULES = {
  isEnabled: true,
  expiresAt: null,
  models: [],
  providers: [],
  allowedIps: [],
  limits: {},
  budget: null,
  priority: 0,
  note: '',
} as const;

export function tokenItem(context: Known, token: ClientTokenRow): TokenItem {
  const { id, name, hint, createdAt, version } = token;
  return {
    id,
    name,
    hint,
    source: 'dashboard',
    isAdmin: false,
    status: statusOf(token, context.now()),
    ...rulesOf(token),
    createdAt,
    ...context.tokenUse(id),
    used: usedOf(context, token),
    spent: spentOf(context, token),
    version,
  };
}

export function settingsTokenItem(
  { configuration: { adminToken }, tokenUse }: Known,
  { id, value, isMade }: SettingsToken,
): TokenItem {
  return {
    id,
    name: '',
    hint: keyHint(value),
    source: isMade ? 'made' : 'environment',
    isAdmin: value === adminToken,
    status: 'active',
    ...NO_RULES,
    models: [],
    providers: [],
    allowedIps: [],
    createdAt: null,
    ...tokenUse(id),
    used: { requestsPerMinute: null, tokensPerMinute: null, concurrency: null },
    spent: null,
    version: 0,
  };
}

/** Everything that a person decides about a token, as the contract has it. */
export function rulesOf({
  isEnabled,
  expiresAt,
  rules,
  note,
}: Pick<ClientTokenRow, 'isEnabled' | 'expiresAt' | 'rules' | 'note'>) {
  const {
    models = [],
    providers = [],
    allowedIps = [],
    limits = {},
    budget,
    priority = 0,
  }: StoredTokenRules = rules ?? {};
  return {
    isEnabled,
    expiresAt,
    models: [...models],
    providers: [...providers],
    allowedIps: [...allowedIps],
    limits,
    budget: budget ?? null,
    priority,
    note,
  };
}

export function statusOf(
  { isEnabled, expiresAt }: Pick<ClientTokenRow, 'isEnabled' | 'expiresAt'>,
  now: number,
): TokenStatus {
  if (!isEnabled) return 'disabled';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

function usedOf({ spending }: Known, { id, rules }: ClientTokenRow): TokenItem['used'] {
  const limits = rules?.limits ?? {};
  const capacity = spending.capacityOf(id, limits);
  const used = (name: keyof TokenItem['used']): number | null => {
    const limit = limits[name];
    return limit === undefined ? null : limit - (capacity[name]?.left ?? limit);
  };
  return {
    requestsPerMinute: used('requestsPerMinute'),
    tokensPerMinute: used('tokensPerMinute'),
    concurrency: used('concurrency'),
  };
}

const NANO_USD = 1e9;

/** In the unit of a budget. */
export function amountSpent(
  unit: 'usd' | 'tokens' | 'requests',
  { nano, tokens, requests }: ReturnType<AdminContext['spending']['of']>,
): number {
  return { usd: nano / NANO_USD, tokens, requests }[unit];
}

function spentOf({ spending, settings, now }: Known, { id, rules }: ClientTokenRow): TokenItem['spent'] {
  const budget = rules?.budget;
  if (budget === undefined) return null;
  const period = periodAt(budget.period, now(), settings.current.TIMEZONE);
  const amount = amountSpent(budget.unit, spending.of(id, period.name));
  return { amount, renewsAt: period.endsAt === Infinity ? null : period.endsAt };
}
