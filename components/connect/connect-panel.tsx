'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Section } from '../shared/section';
import { ErrorState } from '../ui/error-state';
import { Field } from '../ui/field';
import { Select } from '../ui/select';
import { SkeletonRows } from '../ui/skeleton';
import { ConnectSnippets } from './connect-snippets';
import { TokenField } from './token-field';
import { TryRequest } from './try-request';
import { useChatModels } from './use-chat-models';
import { useClientToken } from './use-client-token';
import { useConnectProvider, type ConnectProvider } from './use-connect-provider';

interface ConnectPanelProps {
  /** Slug that is chosen at first; empty for the first provider that has keys. */
  readonly provider: string;
  readonly onSuccess?: () => void;
}

/** How to use a provider from a client, with an address, a token and a model that fit, and whether it works. */
export function ConnectPanel({ provider: given, onSuccess }: ConnectPanelProps) {
  const t = useTranslations('connect');
  const target = useConnectProvider(given);
  const { provider, error } = target;
  const [models, setModels] = useState<Readonly<Record<string, string>>>({});
  const token = useClientToken();
  const chat = useChatModels(provider);
  if (provider === undefined) {
    return error === null ? <SkeletonRows rows={4} /> : <ErrorState error={error} onRetry={target.retry} />;
  }
  const { slug, sdkUrls, keys } = provider;
  const connection = {
    path: sdkUrls[0] ?? `/${slug}/v1`,
    token: token.value,
    model: models[slug] ?? chat.proposed,
  };
  return (
    <div className="grid min-w-0 gap-5">
      <ProviderField target={target} />
      {keys.total === 0 && <p className="text-xs text-ink-soft">{t('noKeysYet')}</p>}
      <TokenField token={token} />
      <ConnectSnippets connection={connection} />
      <Section title={t('try')}>
        <TryRequest
          key={slug}
          connection={connection}
          chat={chat}
          hasKeys={keys.total > 0}
          isGone={target.isGone}
          onModel={(model) => setModels({ ...models, [slug]: model })}
          {...(onSuccess === undefined ? {} : { onSuccess })}
        />
      </Section>
    </div>
  );
}

/** Shown only where there is a choice. */
function ProviderField({ target }: { readonly target: ConnectProvider }) {
  const t = useTranslations('connect');
  const common = useTranslations('common');
  const { provider, wanted, isGone, choose, providers } = target;
  if (providers.length <= 1 && !isGone) return null;
  const options = target.options.map(({ value, label }) => {
    const one = providers.find(({ slug }) => slug === value);
    if (one === undefined) return { value, label };
    const { name, keys } = one;
    return { value, label: keys.total === 0 ? t('withoutKeys', { name }) : name };
  });
  return (
    <Field label={t('provider')} {...(isGone ? { error: common('goneChoice', { name: wanted }) } : {})}>
      {(control) => (
        <Select
          {...control}
          value={isGone ? wanted : (provider?.slug ?? wanted)}
          options={options}
          onChange={choose}
        />
      )}
    </Field>
  );
}
