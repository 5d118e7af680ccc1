'use client';
import { useTranslations } from '@/i18n/use-translations';
import { Field, type FieldControl } from '../ui/field';
import { Input } from '../ui/input';
import { Switch } from '../ui/switch';
import { PRESETS, PRESET_NAMES, type Preset, type PresetName } from '@/lib/config/presets';
import { Select } from '../ui/select';
import type { ProviderFields, ProviderPartProps } from './provider-draft';

interface IdentityFieldsProps extends ProviderPartProps {
  readonly isNew: boolean;
}

/** Name, slug, base URL, and whether it is on. */
export function IdentityFields({ fields, set, wrong, isNew }: IdentityFieldsProps) {
  const t = useTranslations('providers');
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {isNew && <PresetField fields={fields} set={set} />}
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
        hint={t(fields.auth === 'api-key' && fields.baseUrl === '' ? 'hints.azureUrl' : 'hints.baseUrl')}
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

const PRESET_OPTIONS = PRESET_NAMES.map((value) => ({ value, label: PRESETS[value].name }));

/** Fills in what is known of a provider; all of it can be changed afterwards. */
function PresetField({ fields, set }: Pick<ProviderPartProps, 'fields' | 'set'>) {
  const t = useTranslations('providers');
  const chosen = PRESET_NAMES.find((name) => isFilledFrom(fields, PRESETS[name])) ?? '';
  return (
    <Field className="sm:col-span-2" label={t('fields.preset')} hint={t('hints.preset')}>
      {(control) => (
        <Select<PresetName | ''>
          {...control}
          value={chosen}
          options={[{ value: '', label: t('ownAddress') }, ...PRESET_OPTIONS]}
          onChange={(name) => set(name === '' ? NO_PRESET : filledFrom(fields, PRESETS[name]))}
        />
      )}
    </Field>
  );
}

const NO_PRESET = { baseUrl: '', auth: 'bearer', testModel: '' };

function isFilledFrom({ baseUrl, auth }: ProviderFields, preset: Preset): boolean {
  return baseUrl === (preset.baseUrl ?? '') && auth === preset.auth;
}

/** A name of one's own stays. */
function filledFrom({ name }: ProviderFields, preset: Preset): Partial<ProviderFields> {
  const isOwnName = name.trim() !== '' && !PRESET_OPTIONS.some(({ label }) => label === name);
  return {
    name: isOwnName ? name : preset.name,
    baseUrl: preset.baseUrl ?? '',
    auth: preset.auth,
    testModel: preset.testModel ?? '',
  };
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
        {PRESET_NAMES.map((preset): Preset => PRESETS[preset]).map(({ name, baseUrl }) => (
          <option key={name} value={baseUrl ?? ''}>
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
