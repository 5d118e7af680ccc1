'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { providersQuery } from '@/lib/client/providers';
import { Section } from '../shared/section';
import { useProviderChoices } from '../shared/use-provider-choices';
import { ErrorState } from '../ui/error-state';
import { Field } from '../ui/field';
import { Select } from '../ui/select';
import { SkeletonRows } from '../ui/skeleton';
import { ConnectSnippets } from './connect-snippets';
import { TokenField } from './token-field';
import { TryRequest } from './try-request';
import { useChatModels } from './use-chat-models';
import { useClientToken } from './use-client-token';

interface ConnectPanelProps {
  /** Slug that is chosen at first; empty for the first provider that has keys. */
  readonly provider: string;
  readonly onSuccess?: () => void;
}

/** The provider to use: the one asked for, else one that has keys, the default one first. */
function usable(providers: readonly ProviderItem[]): readonly ProviderItem[] {
  const worth = ({ isEnabled, keys, isDefault }: ProviderItem) =>
    (isEnabled && keys.total > 0 ? 4 : 0) + (keys.active > 0 ? 2 : 0) + (isDefault ? 1 : 0);
  return [...providers].sort((a, b) => worth(b) - worth(a));
}

/** How to use a provider from a client, with an address, a token and a model that fit, and whether it works. */
export function ConnectPanel({ provider: given, onSuccess }: ConnectPanelProps) {
  const t = useTranslations('connect');
  const common = useTranslations('common');
  const { data, error, refetch } = useQuery(providersQuery);
  const [chosen, setChosen] = useState('');
  const [models, setModels] = useState<Readonly<Record<string, string>>>({});
  const token = useClientToken();
  const providers = data?.items ?? [];
  // Chosen once: what a request does to the keys must not take it away under one's hands.
  const [first, setFirst] = useState('');
  const best = usable(providers)[0];
  if (first === '' && best !== undefined) setFirst(best.slug);
  const wanted = chosen || given || first;
  const choice = useProviderChoices(wanted);
  const found = providers.find(({ slug }) => slug === wanted);
  // What one reads and types here stays when the provider is deleted elsewhere.
  const [shown, setShown] = useState(found);
  if (found !== undefined && found !== shown) setShown(found);
  const provider = found ?? (shown?.slug === wanted ? shown : best);
  const { isGone } = choice;
  const chat = useChatModels(provider);
  if (provider === undefined) {
    return error === null ? (
      <SkeletonRows rows={4} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  const path = provider.sdkUrls[0] ?? `/${provider.slug}/v1`;
  const model = models[provider.slug] ?? chat.proposed;
  return (
    <div className="grid min-w-0 gap-5">
      {(providers.length > 1 || isGone) && (
        <Field label={t('provider')} {...(isGone ? { error: common('goneChoice', { name: wanted }) } : {})}>
          {(control) => (
            <Select
              {...control}
              value={isGone ? wanted : provider.slug}
              options={choice.options.map(({ value, label }) => {
                const one = providers.find(({ slug }) => slug === value);
                if (one === undefined) return { value, label };
                const { name, keys } = one;
                return { value, label: keys.total === 0 ? t('withoutKeys', { name }) : name };
              })}
              onChange={setChosen}
            />
          )}
        </Field>
      )}
      {provider.keys.total === 0 && <p className="text-xs text-ink-soft">{t('noKeysYet')}</p>}
      <TokenField token={token} />
      <ConnectSnippets path={path} token={token.value} model={model} />
      <Section title={t('try')}>
        <TryRequest
          key={provider.slug}
          path={path}
          token={token.value}
          model={model}
          chat={chat}
          hasKeys={provider.keys.total > 0}
          isGone={isGone}
          onModel={(next) => setModels({ ...models, [provider.slug]: next })}
          {...(onSuccess === undefined ? {} : { onSuccess })}
        />
      </Section>
    </div>
  );
}
