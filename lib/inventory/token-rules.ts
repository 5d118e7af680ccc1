import type { Settings } from '../config/settings';
import { AddressList } from '../gateway/tokens/address-list';
import { Periods } from '../balancer/limits/budget-period';
import { TokenRules } from '../gateway/tokens/token-rules';
import { AllowedModels } from '../openai/models/allowed-models';
import { ModelFilter } from '../openai/models/model-filter';
import type { ClientTokenRow } from '../store/client-token-row';

/** What each of these tokens may do, by its id; those that may do everything are not in it. */
export function tokenRulesOf(
  tokens: readonly ClientTokenRow[],
  { FILTERED_MODELS, TIMEZONE }: Pick<Settings, 'FILTERED_MODELS' | 'TIMEZONE'>,
): ReadonlyMap<string, TokenRules> {
  const periods = new Periods(TIMEZONE);
  const forAll = new ModelFilter(FILTERED_MODELS);
  const rules = new Map<string, TokenRules>();
  for (const token of tokens) {
    if (!isRestricted(token)) continue;
    const { models, providers, allowedIps, limits, budget, priority = 0 } = token.rules ?? {};
    rules.set(
      token.id,
      new TokenRules({
        id: token.id,
        isEnabled: token.isEnabled,
        expiresAt: token.expiresAt ?? undefined,
        filter: models === undefined ? forAll : new ModelFilter(FILTERED_MODELS, new AllowedModels(models)),
        providers: providers && new Set(providers),
        addresses: allowedIps && new AddressList(allowedIps),
        limits,
        budget,
        priority,
        periodAt: (kind, now) => periods.at(kind, now),
      }),
    );
  }
  return rules;
}

function isRestricted({ isEnabled, expiresAt, rules }: ClientTokenRow): boolean {
  return !isEnabled || expiresAt !== null || rules !== null;
}
