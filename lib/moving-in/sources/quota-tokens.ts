import type { TokenBudget } from '../plan';
import type { PlanBuilder } from '../plan-builder';
import type { NewToken } from '../token-book';
import { flagOf, groupBy, numberOf, textOf } from '../rows';
import type { SourceRow, SourceTables } from '../rows';
import type { ServedByProviders } from './channels';
import { sharesOf } from './quota-shares';
import { TokenAccess } from './token-access';
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
  readonly served: ServedByProviders;
  readonly rulesOf: (row: SourceRow) => TokenRules;
}

/** A token of which all is known but what it may spend. */
interface Draft {
  readonly token: NewToken;
  readonly user: string;
  /** What its user has left, and the most that it may spend itself, in units of quota. */
  readonly balance: number;
  readonly cap: number;
  /** Why it lets nobody in. */
  readonly reason: string | undefined;
}

/**
 * Client tokens, with what is left of their quota as a budget that does not come back. There, each request draws on
 * what its user has left as well, so that the tokens of one user share that out.
 */
export function addQuotaTokens(parts: TokenParts): void {
  const { builder, tables, served } = parts;
  const users = new Map((tables.get('users') ?? []).map((row) => [textOf(row['id']), row]));
  const access = new TokenAccess(served, builder.remarks);
  const drafts = (tables.get('tokens') ?? [])
    .filter((row) => !isDeleted(row) && textOf(row['key']) !== '')
    .flatMap((row) => draftOf(parts, access, row, users.get(textOf(row['user_id']))) ?? []);
  const perUsd = quotaPerUsd(tables);
  const shares = new Map(groupBy(drafts, ({ user }) => user).flatMap(sharesOfUser));
  for (const draft of drafts) addToken(builder, draft, shares.get(draft), perUsd);
  remarkOnUsers(parts, [...users.values()]);
}

/** Those that let nobody in leave all to the others. */
function sharesOfUser(drafts: readonly Draft[]): (readonly [Draft, Share])[] {
  const live = drafts.filter(({ token, reason }) => token.isEnabled === true && reason === undefined);
  const shares = sharesOf(
    live[0]?.balance ?? 0,
    live.map(({ cap }) => cap),
  );
  return live.map((draft, place) => [draft, { quota: shares[place] ?? 0, isWhole: live.length === 1 }]);
}

interface Share {
  readonly quota: number;
  /** Nobody else draws on what the user has left. */
  readonly isWhole: boolean;
}

function draftOf(
  parts: TokenParts,
  access: TokenAccess,
  row: SourceRow,
  user: SourceRow | undefined,
): Draft | undefined {
  const { remarks } = parts.builder;
  const name = textOf(row['name']) || `token ${textOf(row['id'])}`;
  const value = textOf(row['key']);
  const group = tokenGroups(row, user, parts.tables);
  const led = access.of(group.names);
  if (led === undefined) {
    remarks.add(`client token left out: no provider of its group '${group.named}' comes over`, name);
    return undefined;
  }
  const { isForNothing, ...rules } = parts.rulesOf(row);
  const expiresAt = expiryOf(parts.builder, row, name);
  const models = isForNothing ? undefined : access.modelsOf(name, led, rules.models ?? []);
  const reason = [
    reasonOfUser(user),
    reasonOfStatus(row),
    group.reason,
    expiresAt === 'over' ? 'it is expired' : undefined,
    reasonOfValue(row),
    models === undefined ? 'it may be used for nothing' : undefined,
    led.reason,
  ].find((one) => one !== undefined);
  const token = {
    ...rules,
    models: models ?? [],
    name,
    value: value.startsWith('sk-') ? value : `sk-${value}`,
    isEnabled: numberOf(row['status']) !== DISABLED,
    expiresAt: expiresAt === 'over' ? null : expiresAt,
    providers: led.providers,
  };
  if (token.isEnabled && reason === undefined) access.remarkOn(token, led, group.names.length);
  return { token, user: textOf(row['user_id']), balance: balanceOf(user), cap: capOf(row), reason };
}

function reasonOfValue(row: SourceRow): string | undefined {
  if (textOf(row['key']).includes('-'))
    return 'its value has a - in it, behind which that program reads nothing';
  return capOf(row) <= 0 ? 'its quota is used up' : undefined;
}

/** `share` is for those that let somebody in. */
function addToken(builder: PlanBuilder, draft: Draft, share: Share | undefined, perUsd: number): void {
  const { token, balance, cap } = draft;
  const quota = share?.quota ?? Math.min(cap, balance);
  const budget = budgetOf(builder, quota, token.name, perUsd);
  const isSpent = budget?.amount === 0;
  const reason = draft.reason ?? (isSpent ? spentWhy(cap, perUsd) : undefined);
  if (reason !== undefined) builder.remarks.add(`client token comes over disabled: ${reason}`, token.name);
  else if (share !== undefined && quota < cap)
    builder.remarks.add(
      share.isWhole
        ? 'budget of a client token is what its user has left'
        : 'budget of a client token is its share of what its user has left, as that has several tokens',
      token.name,
    );
  builder.tokens.add({
    ...token,
    isEnabled: token.isEnabled === true && reason === undefined,
    budget: isSpent ? null : budget,
  });
}

/** Units of quota too few for the smallest budget are none. */
function spentWhy(cap: number, perUsd: number): string {
  return dollarsOf(cap, perUsd) === 0 ? 'its quota is used up' : 'its user has no quota left';
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

/** The most that a token may spend itself. */
function capOf(row: SourceRow): number {
  return flagOf(row['unlimited_quota']) ? Infinity : Math.max(0, numberOf(row['remain_quota']) ?? 0);
}

/** What a user has left; that counts for admins there too. */
function balanceOf(user: SourceRow | undefined): number {
  if (user === undefined || !('quota' in user)) return Infinity;
  return Math.max(0, numberOf(user['quota']) ?? 0);
}

/** Never more than there: rounded down. */
const dollarsOf = (quota: number, perUsd: number): number => Math.floor((quota * 1e6) / perUsd) / 1e6;

function budgetOf(builder: PlanBuilder, quota: number, name: string, perUsd: number): TokenBudget | null {
  if (quota === Infinity) return null;
  const amount = dollarsOf(quota, perUsd);
  if (amount > BUDGET_MAX)
    builder.remarks.add(`budget of a client token is ${BUDGET_MAX} US dollars here, which is the most`, name);
  return { amount: Math.min(BUDGET_MAX, amount), unit: 'usd', period: 'total' };
}

function remarkOnUsers({ builder }: TokenParts, users: readonly SourceRow[]): void {
  const present = users.filter((row) => !isDeleted(row));
  if (present.length > 0)
    builder.remarks.add('users, their passwords, quotas and sign-ins do not come over', '', present.length);
}
