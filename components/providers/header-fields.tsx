'use client';
import { Plus, X } from 'lucide-react';
import { Button } from '../ui/button';
import { useTranslations } from '@/i18n/use-translations';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import type { ProviderFields, ProviderPartProps } from './provider-draft';

type Header = ProviderFields['headers'][number];

/** What is added to its requests. */
export function HeaderFields(part: ProviderPartProps) {
  const { fields, set, wrong } = part;
  const t = useTranslations('providers');
  return (
    <div className="grid gap-4">
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
    </div>
  );
}

function CustomHeaders({ fields, set, wrong }: ProviderPartProps) {
  const t = useTranslations('providers');
  const { headers } = fields;
  const { error } = wrong('customHeaders');
  const change = (index: number, patch: Partial<Header>) =>
    set({ headers: headers.map((header, at) => (at === index ? { ...header, ...patch } : header)) });
  return (
    <div className="grid gap-2">
      <p className="text-xs font-medium">{t('fields.customHeaders')}</p>
      {headers.map((header, index) => (
        <HeaderRow
          key={index}
          header={header}
          onChange={(patch) => change(index, patch)}
          onRemove={() => set({ headers: headers.filter((_, at) => at !== index) })}
        />
      ))}
      <Button
        size="sm"
        className="justify-self-start"
        onClick={() => set({ headers: [...headers, { name: '', value: '' }] })}
      >
        <Plus aria-hidden />
        {t('addHeader')}
      </Button>
      {error !== undefined && (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

interface HeaderRowProps {
  readonly header: Header;
  readonly onChange: (patch: Partial<Header>) => void;
  readonly onRemove: () => void;
}

function HeaderRow({ header: { name, value }, onChange, onRemove }: HeaderRowProps) {
  const t = useTranslations('providers');
  return (
    <div className="flex gap-2">
      <Input
        className="font-mono text-xs"
        aria-label={t('headerName')}
        placeholder="X-Title"
        value={name}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <Input
        className="font-mono text-xs"
        aria-label={t('headerValue', { name })}
        value={value}
        onChange={(event) => onChange({ value: event.target.value })}
      />
      <Button look="ghost" size="icon" aria-label={t('removeHeader', { name })} onClick={onRemove}>
        <X aria-hidden />
      </Button>
    </div>
  );
}
