'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { formatCount } from '@/lib/client/format';
import { isolatedList } from '@/lib/client/isolated';
import { keysHref } from '../keys/key-view';
import { useLimitsText } from '../limits/limits-text';
import { Facts } from '../shared/facts';

/** Its keys, and the limits that hold for it. */
export function ProviderFacts({ provider }: { readonly provider: ProviderItem }) {
  const t = useTranslations('providers');
  const limitsText = useLimitsText();
  const { keys, effective, limits } = provider;
  const inherited = (isInherited: boolean) =>
    isInherited ? <span className="text-ink-faint"> {t('bySetting')}</span> : null;
  return (
    <Facts
      className="sm:grid-cols-3 lg:grid-cols-[1fr_1.2fr_0.7fr_1.3fr_1.6fr_1fr]"
      facts={[
        { label: t('facts.keys'), value: <KeysLink provider={provider} /> },
        {
          label: t('facts.out'),
          value: t('facts.outValue', {
            cooling: formatCount(keys.cooling),
            disabled: formatCount(keys.disabledAuto + keys.disabledManual),
          }),
        },
        { label: t('facts.inFlight'), value: formatCount(keys.inFlight) },
        {
          label: t('facts.policy'),
          value: (
            <>
              {effective.selectionPolicy}
              {inherited(provider.selectionPolicy === null)}
            </>
          ),
        },
        {
          label: t('facts.limits'),
          value: t('facts.limitsValue', {
            retries: effective.maxRetries,
            failures: effective.maxFailures,
            seconds: effective.timeoutSeconds,
          }),
        },
        {
          label: t('facts.fallbacks'),
          value:
            provider.fallbacks.length === 0
              ? '–'
              : isolatedList(provider.fallbacks.map((one) => (typeof one === 'string' ? one : one.provider))),
        },
        ...(limits === null ? [] : [{ label: t('facts.keyLimits'), value: limitsText(limits) }]),
      ]}
    />
  );
}

function KeysLink({ provider }: { readonly provider: ProviderItem }) {
  const t = useTranslations('providers');
  const { slug, keys } = provider;
  return (
    <Link prefetch={false} href={keysHref({ provider: slug })} className="hit hover:underline">
      {t('facts.keysValue', { active: formatCount(keys.active), total: formatCount(keys.total) })}
    </Link>
  );
}
