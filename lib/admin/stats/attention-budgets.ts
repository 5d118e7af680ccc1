import { periodAt, type BudgetPeriod } from '../../balancer/limits/budget-period';
import type { AttentionOf } from '../contract/stats';
import type { AdminParts } from '../context';
import { amountSpent, statusOf } from '../tokens/token-item';

const NEWS_PERCENT = 80;

/** Client tokens that have spent most of their budget, or all of it. */
export function spentBudgets({
  configuration,
  spending,
  settings,
  now,
}: AdminParts): AttentionOf<'budget'>[] {
  const at = now();
  const periods = new Map<BudgetPeriod, string>();
  const periodOf = (kind: BudgetPeriod): string => {
    // Thousands of tokens have the same few periods, and a time zone takes its time.
    const name = periods.get(kind) ?? periodAt(kind, at, settings.current.TIMEZONE).name;
    periods.set(kind, name);
    return name;
  };
  return configuration.inventory.clientTokens.flatMap((token) => {
    const budget = token.rules?.budget;
    if (budget === undefined || statusOf(token, at) !== 'active') return [];
    const spent = amountSpent(budget.unit, spending.of(token.id, periodOf(budget.period)));
    const percent = Math.floor((spent / budget.amount) * 100);
    if (percent < NEWS_PERCENT) return [];
    const { id, name } = token;
    const severity = percent >= 100 ? ('medium' as const) : ('low' as const);
    const { unit, amount } = budget;
    return [
      {
        kind: 'budget',
        id: `budget:${id}`,
        severity,
        since: null,
        tokenId: id,
        name,
        percent,
        unit,
        spent,
        amount,
      },
    ];
  });
}
