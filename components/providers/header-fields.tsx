'use client';
import { useTranslations } from '@/i18n/use-translations';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { PairRows } from './pair-rows';
import type { ProviderPartProps } from './provider-draft';

const AUTHS = ['bearer', 'x-api-key', 'api-key', 'x-goog-api-key', 'header:X-Auth', 'query:key'] as const;

/** What is added to its requests. */
export function HeaderFields(part: ProviderPartProps) {
  const { fields, set, wrong } = part;
  const t = useTranslations('providers');
  return (
    <div className="grid gap-4">
      <AuthField {...part} />
      <Field
        label={t('fields.modelRequestKey')}
        hint={t('hints.modelRequestKey')}
        {...wrong('modelRequestKey')}
      >
        {(control) => (
          <Input
            {...control}
            className="font-mono text-xs"
            type="password"
            autoComplete="new-password"
            value={fields.modelRequestKey}
            onChange={(event) => set({ modelRequestKey: event.target.value })}
          />
        )}
      </Field>
      <CustomHeaders {...part} />
      <QueryParameters {...part} />
    </div>
  );
}

/** How it takes its key: one of the usual ways, or a name of its own. */
function AuthField({ fields, set, wrong }: ProviderPartProps) {
  const t = useTranslations('providers');
  return (
    <Field label={t('fields.auth')} hint={t('hints.auth')} {...wrong('auth')}>
      {(control) => (
        <>
          <Input
            {...control}
            className="font-mono text-xs"
            list={`${control.id}-known`}
            placeholder="bearer"
            spellCheck={false}
            value={fields.auth}
            onChange={(event) => set({ auth: event.target.value })}
          />
          <datalist id={`${control.id}-known`}>
            {AUTHS.map((auth) => (
              <option key={auth} value={auth} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function CustomHeaders({ fields, set, wrong }: ProviderPartProps) {
  const t = useTranslations('providers');
  return (
    <PairRows
      pairs={fields.headers}
      onChange={(headers) => set({ headers })}
      texts={{
        title: t('fields.customHeaders'),
        add: t('addHeader'),
        name: t('headerName'),
        value: (name) => t('headerValue', { name }),
        remove: (name) => t('removeHeader', { name }),
        placeholder: 'X-Title',
      }}
      error={wrong('customHeaders').error}
    />
  );
}

function QueryParameters({ fields, set, wrong }: ProviderPartProps) {
  const t = useTranslations('providers');
  return (
    <PairRows
      pairs={fields.query}
      onChange={(query) => set({ query })}
      texts={{
        title: t('fields.query'),
        add: t('addParameter'),
        name: t('parameterName'),
        value: (name) => t('parameterValue', { name }),
        remove: (name) => t('removeParameter', { name }),
        placeholder: 'api-version',
      }}
      hint={t('hints.query')}
      error={wrong('query').error}
    />
  );
}
