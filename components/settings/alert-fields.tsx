'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { AlertItem } from '@/lib/admin/contract/alerts';
import { ALERT_KINDS, ALERT_LANGUAGES, ALERT_LIMITS, ALERT_RULES } from '@/lib/config/alert-rules';
import { localeNames } from '@/i18n/locale';
import { Checkbox } from '../ui/checkbox';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select, type SelectOption } from '../ui/select';
import { Switch } from '../ui/switch';
import type { AlertDraft } from './alert-draft';

interface FieldsProps {
  readonly draft: AlertDraft;
  readonly errors: Readonly<Record<string, string>>;
  readonly set: (patch: Partial<AlertDraft>) => void;
  /** Undefined for a new one. */
  readonly item: AlertItem | undefined;
}

type TextName =
  'name' | 'url' | 'token' | 'chatId' | 'secret' | 'keysLowPercent' | 'delaySeconds' | 'from' | 'to' | 'zone';

interface TextFieldProps extends Pick<FieldsProps, 'draft' | 'errors' | 'set'> {
  readonly name: TextName;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly type?: 'text' | 'password' | 'time' | 'number';
}

function TextField({ draft, errors, set, name, label, hint, placeholder, type = 'text' }: TextFieldProps) {
  const error = errors[name] ?? errors[`quietHours.${name}`];
  return (
    <Field label={label} {...(hint !== undefined && { hint })} {...(error !== undefined && { error })}>
      {(control) => (
        <Input
          {...control}
          type={type}
          autoComplete="off"
          placeholder={placeholder}
          maxLength={ALERT_LIMITS.urlChars}
          value={draft[name]}
          onChange={(event) => set({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}

/** Who is told, and by which way. */
export function WayFields(props: FieldsProps) {
  const { draft, set, item } = props;
  const t = useTranslations('alerts');
  return (
    <div className="grid gap-4">
      <TextField {...props} name="name" label={t('columns.name')} />
      <label className="flex items-center gap-2 text-sm">
        <Switch checked={draft.isEnabled} onCheckedChange={(isEnabled) => set({ isEnabled })} />
        {t('enabled')}
      </label>
      {item === undefined && (
        <ChoiceField
          label={t('columns.kind')}
          value={draft.kind}
          onChange={(kind) => set({ kind })}
          options={ALERT_KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        />
      )}
      <AddressFields {...props} />
      <ChoiceField
        label={t('language')}
        value={draft.language}
        onChange={(language) => set({ language })}
        options={ALERT_LANGUAGES.map((value) => ({ value, label: localeNames[value] }))}
      />
    </div>
  );
}

function ChoiceField<V extends string>({
  label,
  ...choice
}: {
  readonly label: string;
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly options: readonly SelectOption<V>[];
}) {
  return <Field label={label}>{(control) => <Select {...control} {...choice} />}</Field>;
}

/** What each kind needs; what is secret stays as it is where nothing is put in. */
function AddressFields(props: FieldsProps) {
  const { draft, item } = props;
  const t = useTranslations('alerts');
  const kept = item === undefined ? undefined : t('kept');
  const { kind } = draft;
  return (
    <>
      <TextField
        {...props}
        name="url"
        label={t(`urls.${kind}`)}
        hint={kept ?? t(`urlHints.${kind}`)}
        placeholder={item?.address}
      />
      {(kind === 'telegram' || kind === 'ntfy') && (
        <TextField {...props} name="token" type="password" label={t(`tokens.${kind}`)} hint={kept} />
      )}
      {kind === 'telegram' && (
        <TextField {...props} name="chatId" label={t('chatId')} hint={t('chatIdHint')} />
      )}
      {kind === 'json' && (
        <TextField
          {...props}
          name="secret"
          type="password"
          label={t('secret')}
          hint={kept ?? t('secretHint')}
        />
      )}
    </>
  );
}

/** What of. */
export function RuleFields(props: FieldsProps) {
  const { draft, set } = props;
  const t = useTranslations('alerts');
  return (
    <div className="grid gap-2.5">
      {ALERT_RULES.map((rule) => (
        <label key={rule} className="flex items-center gap-2 text-sm">
          <Checkbox
            checked={draft.rules.includes(rule)}
            onCheckedChange={(checked) =>
              set({
                rules: ALERT_RULES.filter((one) =>
                  one === rule ? checked === true : draft.rules.includes(one),
                ),
              })
            }
          />
          {t(`rules.${rule}`)}
        </label>
      ))}
      {draft.rules.includes('keys_low') && (
        <TextField {...props} name="keysLowPercent" type="number" label={t('keysLowPercent')} />
      )}
    </div>
  );
}

/** And when. */
export function QuietFields(props: FieldsProps) {
  const { draft, set } = props;
  const t = useTranslations('alerts');
  return (
    <div className="grid gap-4">
      <TextField {...props} name="delaySeconds" type="number" label={t('delay')} hint={t('delayHint')} />
      <label className="flex items-center gap-2 text-sm">
        <Switch checked={draft.isQuiet} onCheckedChange={(isQuiet) => set({ isQuiet })} />
        {t('quiet')}
      </label>
      {draft.isQuiet && (
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField {...props} name="from" type="time" label={t('from')} />
          <TextField {...props} name="to" type="time" label={t('to')} />
          <TextField {...props} name="zone" label={t('zone')} />
        </div>
      )}
    </div>
  );
}
