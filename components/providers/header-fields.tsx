'use client';
import { Plus, X } from 'lucide-react';
import { Button } from '../ui/button';
import { useTranslations } from '@/i18n/use-translations';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import type { ProviderPartProps } from './provider-draft';

/** What is added to its requests. */
export function HeaderFields({ fields, set, wrong }: ProviderPartProps) {
  const t = useTranslations('providers');
  const { headers } = fields;
  const { error } = wrong('customHeaders');
  const change = (index: number, patch: Partial<(typeof headers)[number]>) =>
    set({ headers: headers.map((header, at) => (at === index ? { ...header, ...patch } : header)) });
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
      <div className="grid gap-2">
        <p className="text-xs font-medium">{t('fields.customHeaders')}</p>
        {headers.map((header, index) => (
          <div key={index} className="flex gap-2">
            <Input
              className="font-mono text-xs"
              aria-label={t('headerName')}
              placeholder="X-Title"
              value={header.name}
              onChange={(event) => change(index, { name: event.target.value })}
            />
            <Input
              className="font-mono text-xs"
              aria-label={t('headerValue', { name: header.name })}
              value={header.value}
              onChange={(event) => change(index, { value: event.target.value })}
            />
            <Button
              look="ghost"
              size="icon"
              aria-label={t('removeHeader', { name: header.name })}
              onClick={() => set({ headers: headers.filter((_, at) => at !== index) })}
            >
              <X aria-hidden />
            </Button>
          </div>
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
    </div>
  );
}
