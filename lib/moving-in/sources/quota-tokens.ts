import type { TokenBudget } from '../plan';
import type { PlanBuilder } from '../plan-builder';
import type { NewToken } from '../token-book';
import { flagOf, numberOf, textOf } from '../rows';
import type { SourceRow, SourceTables } from '../rows';
import type { GroupsOfProviders } from './channels';
import { optionOf, tokenGroups } from './token-groups';

/** What one-api and new-api count in, unless the option `QuotaPerUnit` says otherwise: so much is one US dollar. */
const QUOTA_PER_USD = 500_000;
/** The most that a budget can be here, in US dollars. */
const BUDGET_MAX = 1e12;
const ENABLED = 1;
const DISABLED = 2;
const NEVER = -1;
/** Seconds are not so many before the year 33658, and milliseconds were as many in 2001. */
const MILLISECONDS_FROM = 1e12;
/** The last time that a date can have. */
const TIME_MAX = 8_640_000_000_000_000;
/** Why a token of a status lets nobody in there; one that a person has disabled needs no word. */
const CLOSED: Readonly<Record<number, string>> = { 3: 'it is expired', 4: 'its quota is used up' };

/** Rules that the two programs keep in columns of their own. */
export interface TokenRules extends Pick<NewToken, 'models' | 'patterns' | 'allowedIps'> {
  /** A list of what it may be used for names nothing. */
  readonly isForNothing: boolean;
}

export interface TokenParts {
  readonly builder: PlanBuilder;
  readonly tables: SourceTables;
  readonly groups: GroupsOfProviders;
  readonly rulesOf: (row: SourceRow) => TokenRules;
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
  const group = tokenGroups(row, user, parts.tables);
  const providers = providersOf(group.names, parts.groups);
  if (providers.length === 0) {
    builder.remarks.add(`client token left out: no provider of its group '${group.named}' comes over`, name);
    return;
  }
  const { isForNothing, ...rules } = parts.rulesOf(row);
  const budget = budgetOf(builder, row, name, perUsd);
  const isUsedUp = budget?.amount === 0;
  const expiresAt = expiryOf(builder, row, name);
  const reason = [
    reasonOfUser(user),
    reasonOfStatus(row),
    group.reason,
    expiresAt === 'over' && 'it is expired',
    isUsedUp && 'its quota is used up',
    isForNothing && 'it may be used for nothing',
  ].find((one) => typeof one === 'string');
  if (reason !== undefined) builder.remarks.add(`client token comes over disabled: ${reason}`, name);
  builder.tokens.add({
    ...rules,
    name,
    value: value.startsWith('sk-') ? value : `sk-${value}`,
    isEnabled: reason === undefined && numberOf(row['status']) !== DISABLED,
    expiresAt: expiresAt === 'over' ? null : expiresAt,
    providers,
    budget: isUsedUp ? null : budget,
  });
}

function reasonOfUser(user: SourceRow | undefined): string | undefined {
  if (user === undefined || isDeleted(user)) return 'its user is not there any more';
  return numberOf(user['status']) === ENABLED ? undefined : 'its user is disabled';
}

function reasonOfStatus(row: SourceRow): string | undefined {
  const status = numberOf(row['status']);
  if (status === ENABLED || status === DISABLED) return undefined;
  return (status === undefined ? undefined : CLOSED[status]) ?? 'its status is not known';
}

/** Rows that have been deleted stay in the table. */
export function isDeleted(row: SourceRow): boolean {
  return (row['deleted_at'] ?? null) !== null && textOf(row['deleted_at']) !== '';
}

function quotaPerUsd(tables: SourceTables): number {
  const number = numberOf(optionOf(tables, 'QuotaPerUnit')) ?? 0;
  return number > 0 ? number : QUOTA_PER_USD;
}

/** Milliseconds since 1970. There, -1 alone is never. */
function expiryOf(builder: PlanBuilder, row: SourceRow, name: string): number | null | 'over' {
  const given = numberOf(row['expired_time']);
  if (given === NEVER) return null;
  if (given === undefined || given <= 0) return 'over';
  const isMilliseconds = given >= MILLISECONDS_FROM;
  if (isMilliseconds)
    builder.remarks.add('expiry of a client token is in milliseconds: it is taken as such', name);
  const seconds = Math.floor(isMilliseconds ? given / 1_000 : given);
  if (!isMilliseconds && seconds !== given)
    builder.remarks.add('expiry of a client token is no whole second: it is rounded down', name);
  return Math.min(seconds * 1_000, TIME_MAX);
}

function budgetOf(builder: PlanBuilder, row: SourceRow, name: string, perUsd: number): TokenBudget | null {
  if (flagOf(row['unlimited_quota'])) return null;
  const left = Math.max(0, numberOf(row['remain_quota']) ?? 0);
  const amount = Math.round((left / perUsd) * 1e6) / 1e6;
  if (amount > BUDGET_MAX)
    builder.remarks.add(`budget of a client token is ${BUDGET_MAX} US dollars here, which is the most`, name);
  return { amount: Math.min(BUDGET_MAX, amount), unit: 'usd', period: 'total' };
}

/** All of them where a group covers all: providers that are made here later are none of its. */
function providersOf(names: readonly string[], groups: GroupsOfProviders): readonly string[] {
  return [...groups].filter(([, of]) => of.some((one) => names.includes(one))).map(([ref]) => ref);
}

function remarkOnUsers({ builder }: TokenParts, users: readonly SourceRow[]): void {
  const present = users.filter((row) => !isDeleted(row));
  if (present.length > 0)
    builder.remarks.add('users, their passwords, quotas and sign-ins do not come over', '', present.length);
}
