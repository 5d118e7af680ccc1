import { periodAt } from '../../balancer/limits/budget-period';
import type { ClientTokenRow, ClientTokenSettings, StoredTokenRules } from '../../store/client-token-row';
import type { TokenPatch } from '../contract/tokens';
import { definedOf } from '../defined';
import { wrongField } from '../error';

/** What there is to know about the installation to decide about a token. */
export interface TokenSurroundings {
  /** Slugs. */
  readonly providers: readonly string[];
  /** `TIMEZONE`. */
  readonly zone: string;
  /** By the wall clock; milliseconds since the epoch. */
  readonly now: number;
}

/** A patch in the columns of the store; `before` is the token as it is. Throws `invalid_input` and names the field. */
export function settingsOf(
  patch: TokenPatch,
  { providers: known }: TokenSurroundings,
  before: Pick<ClientTokenRow, 'rules'> = { rules: null },
  field = '',
): Partial<ClientTokenSettings> {
  const unknown = patch.providers?.find((slug) => !known.includes(slug));
  if (unknown !== undefined) throw wrongField(`${field}providers`, `there is no provider '${unknown}'`);
  const { name, isEnabled, expiresAt, note, ...rules } = patch;
  const changesRules = Object.values(rules).some((rule) => rule !== undefined);
  return definedOf({
    name,
    isEnabled,
    expiresAt,
    note,
    rules: changesRules
      ? tidy({ ...before.rules, ...definedOf(rules), budget: budgetOf(rules, before) })
      : undefined,
  });
}

/** The period that a token with these settings counts its spending in, if that is another than before. */
export function newPeriod(
  settings: Partial<ClientTokenSettings>,
  before: Pick<ClientTokenRow, 'spentPeriod'>,
  surroundings: TokenSurroundings,
): string | undefined {
  if (settings.rules === undefined) return undefined;
  const period = periodOf(settings.rules, surroundings);
  // The same day is counted on, whatever the amount and the unit are now.
  return kindOf(period) === kindOf(before.spentPeriod) ? undefined : period;
}

/** '' without a budget. */
export function periodOf(rules: StoredTokenRules | null, { zone, now }: TokenSurroundings): string {
  const budget = rules?.budget;
  return budget === undefined ? '' : periodAt(budget.period, now, zone).name;
}

const kindOf = (period: string): string => period.split(' ', 1)[0] ?? '';

function budgetOf(
  { budget }: Pick<TokenPatch, 'budget'>,
  before: Pick<ClientTokenRow, 'rules'>,
): StoredTokenRules['budget'] {
  return budget === undefined ? before.rules?.budget : (budget ?? undefined);
}

/** Without what limits nothing; null if nothing is left. */
function tidy({
  models,
  providers,
  allowedIps,
  limits,
  budget,
  priority,
}: StoredTokenRules): StoredTokenRules | null {
  const rules = definedOf({
    models: unlessEmpty(models),
    providers: unlessEmpty(providers),
    allowedIps: unlessEmpty(allowedIps),
    limits: limits !== undefined && Object.keys(definedOf(limits)).length > 0 ? definedOf(limits) : undefined,
    budget,
    priority: priority === 0 ? undefined : priority,
  });
  return Object.keys(rules).length === 0 ? null : rules;
}

function unlessEmpty(list: readonly string[] | undefined): readonly string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : [...new Set(list)];
}
