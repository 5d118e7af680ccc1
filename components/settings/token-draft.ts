import type { TokenItem } from '@/lib/admin/contract/tokens';
import type { TokenChange } from '@/lib/client/tokens';

export const LIMIT_NAMES = ['requestsPerMinute', 'tokensPerMinute', 'concurrency'] as const;
export const UNITS = ['usd', 'tokens', 'requests'] as const;
export const PERIODS = ['day', 'week', 'month', 'total'] as const;
export type Unit = (typeof UNITS)[number];
export type Period = (typeof PERIODS)[number];

/** As people type it; an empty field is no rule. */
export interface TokenDraft {
  readonly name: string;
  readonly isEnabled: boolean;
  /** As an input for date and time has it, by the clock of this browser. */
  readonly expires: string;
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly allowedIps: readonly string[];
  readonly requestsPerMinute: string;
  readonly tokensPerMinute: string;
  readonly concurrency: string;
  readonly amount: string;
  readonly unit: Unit;
  readonly period: Period;
  readonly priority: string;
  readonly note: string;
}

const NEW: TokenDraft = {
  name: '',
  isEnabled: true,
  expires: '',
  models: [],
  providers: [],
  allowedIps: [],
  requestsPerMinute: '',
  tokensPerMinute: '',
  concurrency: '',
  amount: '',
  unit: 'usd',
  period: 'month',
  priority: '',
  note: '',
};

export function draftOf(token: TokenItem | undefined): TokenDraft {
  if (token === undefined) return NEW;
  const { name, isEnabled, expiresAt, models, providers, allowedIps, limits, budget, priority, note } = token;
  return {
    ...NEW,
    ...{ name, isEnabled, models, providers, allowedIps, note },
    expires: expiresAt === null ? '' : localText(expiresAt),
    requestsPerMinute: String(limits.requestsPerMinute ?? ''),
    tokensPerMinute: String(limits.tokensPerMinute ?? ''),
    concurrency: String(limits.concurrency ?? ''),
    ...(budget !== null && { ...budget, amount: String(budget.amount) }),
    priority: priority === 0 ? '' : String(priority),
  };
}

/** As the API takes it; what is no number comes back with an error for its field. */
export function changeOf(draft: TokenDraft): TokenChange & { readonly name: string } {
  const { name, isEnabled, models, providers, allowedIps, note, expires, amount, unit, period } = draft;
  const limits = LIMIT_NAMES.flatMap((limit) => {
    const text = draft[limit].trim();
    return text === '' ? [] : [[limit, Number(text)] as const];
  });
  return {
    ...{ name: name.trim(), isEnabled, note },
    models: [...models],
    providers: [...providers],
    allowedIps: [...allowedIps],
    expiresAt: expires === '' ? null : new Date(expires).getTime(),
    limits: Object.fromEntries(limits),
    budget: amount.trim() === '' ? null : { amount: Number(amount), unit, period },
    priority: draft.priority.trim() === '' ? 0 : Number(draft.priority),
  };
}

export function isSame(a: TokenDraft, b: TokenDraft): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `2026-11-30T08:00`, by the clock of this browser. */
function localText(at: number): string {
  const offsetMs = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offsetMs).toISOString().slice(0, 16);
}

/** What is wrong with a field or with a part of it: `models`, `models.0`. */
export function errorUnder(
  errors: Readonly<Record<string, string>>,
  name: string,
): { readonly error?: string } {
  const found = Object.keys(errors).find((key) => key === name || key.startsWith(`${name}.`));
  const error = found === undefined ? undefined : errors[found];
  return error === undefined ? {} : { error };
}
