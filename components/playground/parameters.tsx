'use client';
import { useTranslations } from '@/i18n/use-translations';
import { efforts, wrongParameters, type Parameters } from '@/lib/client/playground';
import { TokenField } from '../connect/token-field';
import type { ClientToken } from '../connect/use-client-token';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Switch } from '../ui/switch';
import { Textarea } from '../ui/textarea';

interface ParameterFieldsProps {
  readonly parameters: Parameters;
  readonly onChange: (parameters: Parameters) => void;
  readonly token: ClientToken;
}

/** How every model is asked. What is left empty is not sent, and the model does as it likes. */
export function ParameterFields({ parameters, onChange, token }: ParameterFieldsProps) {
  const t = useTranslations('playground');
  const change = (part: Partial<Parameters>) => onChange({ ...parameters, ...part });
  return (
    <div className="grid gap-4">
      <TokenField token={token} />
      <Field label={t('system')}>
        {(control) => (
          <Textarea
            {...control}
            dir="auto"
            className="max-h-72 [field-sizing:content]"
            value={parameters.system}
            placeholder={t('systemPlaceholder')}
            onChange={(event) => change({ system: event.target.value })}
          />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-3">
        {numberNames.map((name) => (
          <NumberField key={name} name={name} parameters={parameters} change={change} />
        ))}
        <EffortField effort={parameters.effort} onChange={(effort) => change({ effort })} />
      </div>
      <p className="-mt-2 text-xs text-ink-faint">{t('emptyNotSent')}</p>
      <label className="flex items-center justify-between gap-3 text-xs font-medium">
        {t('streaming')}
        <Switch checked={parameters.isStream} onCheckedChange={(isStream) => change({ isStream })} />
      </label>
    </div>
  );
}

const numberNames = ['temperature', 'topP', 'maxTokens'] as const;

interface NumberFieldProps {
  readonly name: (typeof numberNames)[number];
  readonly parameters: Parameters;
  readonly change: (part: Partial<Parameters>) => void;
}

function NumberField({ name, parameters, change }: NumberFieldProps) {
  const t = useTranslations('playground');
  const isWrong = wrongParameters(parameters).includes(name);
  return (
    <Field label={t(`${name}.label`)} {...(isWrong ? { error: t(`${name}.wrong`) } : {})}>
      {(control) => (
        <Input
          {...control}
          inputMode={name === 'maxTokens' ? 'numeric' : 'decimal'}
          value={parameters[name]}
          placeholder="–"
          onChange={(event) => change({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}

interface EffortFieldProps {
  readonly effort: string;
  readonly onChange: (effort: string) => void;
}

function EffortField({ effort, onChange }: EffortFieldProps) {
  const t = useTranslations('playground');
  const options = [
    { value: '', label: '–' },
    ...efforts.map((value) => ({ value, label: t(`efforts.${value}`) })),
  ];
  return (
    <Field label={t('effort')}>
      {(control) => <Select {...control} value={effort} options={options} onChange={onChange} />}
    </Field>
  );
}
