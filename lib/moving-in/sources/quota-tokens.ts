import type { TokenBudget } from '../plan';
import type { PlanBuilder } from '../plan-builder';
import type { NewToken } from '../token-book';
import { flagOf, numberOf, textOf } from '../rows';
import type { SourceRow, SourceTables } from '../rows';
import type { GroupsOfProviders } from './channels';

/** What one-api and new-api count in, unless the option `QuotaPerUnit` says otherwise: so much is one US dollar. */
const QUOTA_PER_USD = 500_000;
const ENABLED = 1;
const EXPIRED = 3;
const EXHAUSTED = 4;
const NEVER = -1;
/** The group that chooses one by itself. */
const ANY_GROUP = 'auto';

export interface TokenParts {
  readonly builder: PlanBuilder;
  readonly tables: SourceTables;
  readonly groups: GroupsOfProviders;
  /** Rules that the two programs keep in columns of their own. */
  readonly rulesOf: (row: SourceRow) => Pick<NewToken, 'models' | 'allowedIps'>;
}

/** Client tokens, with what is left of their quota as a budget that does not come back. */
export function addQuotaTokens(parts: TokenParts): void {
  const { tables } = parts;
  const users = new Map((tables.get('users') ?? []).map((row) => [textOf(row['id']), row]));
  const perUsd = quotaPerUsd(tables);
  for (const row of tables.get('tokens') ?? []) {
    if (!isDeleted(row) && textOf(row['key']) !== '')
      addToken(parts, row, users.get(textOf(row['user_id'])), perUsd);
  }
  remarkOnUsers(parts, [...users.values()]);
}

function addToken(parts: TokenParts, row: SourceRow, user: SourceRow | undefined, perUsd: number): void {
  const { builder } = parts;
  const name = textOf(row['name']) || `token ${textOf(row['id'])}`;
  const value = textOf(row['key']);
  const group = textOf(row['group']) || textOf(user?.['group']) || 'default';
  const providers = providersOf(group, parts.groups);
  if (providers === undefined) {
    builder.remarks.add(`client token left out: no provider of its group '${group}' comes over`, name);
    return;
  }
  const budget = budgetOf(row, perUsd);
  const reason = reasonToDisable(user, budget);
  if (reason !== undefined) builder.remarks.add(`client token comes over disabled: ${reason}`, name);
  builder.tokens.add({
    ...parts.rulesOf(row),
    name,
    value: value.startsWith('sk-') ? value : `sk-${value}`,
    isEnabled: isOn(row) && reason === undefined,
    expiresAt: expiryOf(row),
    providers,
    budget: budget?.amount === 0 ? null : budget,
  });
}

function reasonToDisable(user: SourceRow | undefined, budget: TokenBudget | null): string | undefined {
  if (user !== undefined && (numberOf(user['status']) ?? ENABLED) !== ENABLED) return 'its user is disabled';
  return budget?.amount === 0 ? 'its quota is used up' : undefined;
}

/** Rows that have been deleted stay in the table. */
export function isDeleted(row: SourceRow): boolean {
  return (row['deleted_at'] ?? null) !== null && textOf(row['deleted_at']) !== '';
}

function quotaPerUsd(tables: SourceTables): number {
  const option = (tables.get('options') ?? []).find((row) => textOf(row['key']) === 'QuotaPerUnit');
  const number = numberOf(option?.['value']) ?? 0;
  return number > 0 ? number : QUOTA_PER_USD;
}

/** Expired ones say so by their time. */
function isOn(row: SourceRow): boolean {
  return [ENABLED, EXPIRED, EXHAUSTED].includes(numberOf(row['status']) ?? ENABLED);
}

function expiryOf(row: SourceRow): number | null {
  const seconds = numberOf(row['expired_time']) ?? NEVER;
  if (seconds > 0) return seconds * 1_000;
  // Without a time it would be open again.
  return numberOf(row['status']) === EXPIRED ? 1 : null;
}

function budgetOf(row: SourceRow, perUsd: number): TokenBudget | null {
  if (flagOf(row['unlimited_quota'])) return null;
  const left = Math.max(0, numberOf(row['remain_quota']) ?? 0);
  return { amount: Math.round((left / perUsd) * 1e6) / 1e6, unit: 'usd', period: 'total' };
}

/** None if the group may use all; undefined if it may use none. */
function providersOf(group: string, groups: GroupsOfProviders): readonly string[] | undefined {
  if (group === ANY_GROUP) return [];
  const own = [...groups].filter(([, names]) => names.includes(group)).map(([ref]) => ref);
  if (own.length === groups.size) return [];
  return own.length === 0 ? undefined : own;
}

function remarkOnUsers({ builder }: TokenParts, users: readonly SourceRow[]): void {
  const present = users.filter((row) => !isDeleted(row));
  if (present.length > 0)
    builder.remarks.add('users, their passwords, quotas and sign-ins do not come over', '', present.length);
}
