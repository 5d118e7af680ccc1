import type { AttentionItem } from '../contract/stats';
import type { AdminContext, AdminParts } from '../context';
import { aloneInstance } from './attention-alone';
import { spentBudgets } from './attention-budgets';
import { troubledKeys } from './attention-keys';
import { troubledProxies } from './attention-proxies';
import { ownShortages } from './attention-shortages';
import { waitingRequests } from './attention-waiting';
import { everybodysTroubles } from './everybodys-troubles';

/** Several pages of several people ask for it every two seconds. */
const FRESH_MS = 500;
const RANK: Readonly<Record<AttentionItem['severity'], number>> = { high: 0, medium: 1, low: 2 };

/** What is out now, the worst first and then what began first. Made twice a second at most. */
export function attention(context: AdminContext): Promise<{ items: AttentionItem[] }> {
  return context.cache.get('attention', FRESH_MS, async () => {
    // What a key last failed with may have come to another instance.
    await context.catchUpCounts();
    return readAttention(context);
  });
}

/** The same, as it is at this moment. */
export async function readAttention(context: AdminParts): Promise<{ items: AttentionItem[] }> {
  const items: AttentionItem[] = [
    ...ownShortages(context),
    ...everybodysTroubles(context),
    ...(await troubledProxies(context)),
    ...(await troubledKeys(context)),
    ...waitingRequests(context),
    ...spentBudgets(context),
    ...aloneInstance(context),
  ];
  const began = ({ since }: AttentionItem): number => since ?? Number.MAX_SAFE_INTEGER;
  return { items: items.sort((a, b) => RANK[a.severity] - RANK[b.severity] || began(a) - began(b)) };
}
