import type { ProviderEgress, ProviderRow } from '../../store/rows';
import { SELECTION_POLICIES, type SelectionPolicyName } from '../../balancer/policies/all';
import type { ProviderItem } from '../contract/providers';
import { SECRET_MASK } from '../contract/values';
import { breakerItem, everybodysBreaker } from '../breaker-item';
import type { AdminContext } from '../context';
import { maskHeaders } from '../secret-headers';
import { keyCounts, NO_KEYS } from '../stats/key-counts';

const CLOSED = { state: 'closed', cause: undefined, reason: undefined, openUntil: undefined } as const;

/** What may be shown of a provider. */
export function providerItem(context: AdminContext, row: ProviderRow): ProviderItem {
  const pool = context.pools.get(row.id);
  const { current } = context.settings;
  const { role } = context.caller;
  const isDefault = row.slug === current.DEFAULT_PROVIDER;
  const selectionPolicy = policyOf(row.selectionPolicy);
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    baseUrl: row.baseUrl,
    isEnabled: row.isEnabled,
    isDefault,
    source: row.source,
    position: row.position,
    breaker: breakerItem(pool === undefined ? CLOSED : everybodysBreaker(pool), context.liveTime),
    keys: pool === undefined ? NO_KEYS : keyCounts(pool, context.liveTime.now()),
    selectionPolicy,
    timeoutSeconds: row.timeoutSeconds,
    firstTokenTimeoutSeconds: row.firstTokenTimeoutSeconds,
    maxFailures: row.maxFailures,
    maxRetries: row.maxRetries,
    testModel: row.testModel,
    effective: {
      selectionPolicy: selectionPolicy ?? current.SELECTION_POLICY,
      timeoutSeconds: row.timeoutSeconds ?? current.TIME_OUT,
      firstTokenTimeoutSeconds: row.firstTokenTimeoutSeconds ?? current.FIRST_TOKEN_TIMEOUT,
      maxFailures: row.maxFailures ?? current.MAX_FAILURES,
      maxRetries: row.maxRetries ?? current.MAX_RETRIES,
      testModel: row.testModel ?? current.TEST_MODEL,
    },
    customHeaders: maskHeaders(row.customHeaders, role),
    auth: row.auth,
    query: maskHeaders(row.query, role),
    modelRequestKey: row.modelRequestKey === null ? null : SECRET_MASK,
    fallbacks: [...row.fallbacks],
    egress: egressItem(row.egress),
    limits: row.limits,
    sdkUrls: [...(isDefault ? ['/v1'] : []), `/${row.slug}/v1`],
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}

function policyOf(name: string | null): SelectionPolicyName | null {
  return SELECTION_POLICIES.find((policy) => policy === name) ?? null;
}

function egressItem(egress: ProviderEgress): ProviderItem['egress'] {
  return egress.mode === 'own' ? { mode: 'own', proxyIds: [...egress.egressIds] } : { mode: egress.mode };
}
