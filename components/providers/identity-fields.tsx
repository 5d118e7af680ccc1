'use client';
import { useTranslations } from '@/i18n/use-translations';
import { Field, type FieldControl } from '../ui/field';
import { Input } from '../ui/input';
import { Switch } from '../ui/switch';
import { knownProviders } from './known-providers';
import type { ProviderFields, ProviderPartProps } from './provider-draft';

interface IdentityFieldsProps extends ProviderPartProps {
  readonly isNew: boolean;
}

/** Name, slug, base URL, and whether it is on. */
export function IdentityFields({ fields, set, wrong, isNew }: IdentityFieldsProps) {
  const t = useTranslations('providers');
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t('fields.name')} {...wrong('name')}>
        {(control) => (
          <Input
            {...control}
            value={fields.name}
            autoFocus={isNew}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('fields.slug')} hint={t('hints.slug', { slug: slugHint(fields) })} {...wrong('slug')}>
        {(control) => (
          <Input
            {...control}
            className="font-mono text-xs"
            placeholder={slugHint(fields)}
            value={fields.slug}
            spellCheck={false}
            onChange={(event) => set({ slug: event.target.value })}
          />
        )}
      </Field>
      <Field
        className="sm:col-span-2"
        label={t('fields.baseUrl')}
        hint={t('hints.baseUrl')}
        {...wrong('baseUrl')}
      >
        {(control) => (
          <BaseUrlInput control={control} value={fields.baseUrl} onChange={(baseUrl) => set({ baseUrl })} />
        )}
      </Field>
      <label className="flex items-center gap-2 text-sm">
        <Switch checked={fields.isEnabled} onCheckedChange={(isEnabled) => set({ isEnabled })} />
        {t('fields.isEnabled')}
      </label>
    </div>
  );
}

interface BaseUrlInputProps {
  readonly control: FieldControl;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Proposes the addresses of known providers. */
function BaseUrlInput({ control, value, onChange }: BaseUrlInputProps) {
  return (
    <>
      <Input
        {...control}
        className="font-mono text-xs"
        placeholder="https://api.openai.com/v1"
        inputMode="url"
        list={`${control.id}-known`}
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={`${control.id}-known`}>
        {knownProviders.map(({ name, baseUrl }) => (
          <option key={name} value={baseUrl}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** About what the server makes of the name. */
function slugHint({ name, slug }: ProviderFields): string {
  const base = slug.trim() === '' ? name : slug;
  const made = base
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return made === '' ? 'groq' : made;
}
