'use client';
import { flushSync } from 'react-dom';
import type { SettingItem } from '@/lib/admin/contract/settings';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import type { FieldControl } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Switch } from '../ui/switch';
import { Textarea } from '../ui/textarea';
import { shownValue, type DraftValue, type SettingsDraft } from './setting-value';
import { useSettingText } from './use-setting-text';

interface SettingInputProps {
  readonly item: SettingItem;
  readonly draft: SettingsDraft;
  readonly onChange: (value: DraftValue) => void;
  readonly control: FieldControl;
}

/** The field that fits what the API says about the setting's value. */
export function SettingInput(props: SettingInputProps) {
  const { item, draft } = props;
  const isHidden = item.isSecret && item.value === null && draft[item.name] === undefined;
  if (isHidden) return <HiddenValue {...props} />;
  if (item.type === 'boolean') return <OnOrOff {...props} />;
  if (item.type === 'choice' && item.choices !== null) return <Choice {...props} choices={item.choices} />;
  if (item.type === 'list' || item.type === 'json') return <Lines {...props} />;
  return <Line {...props} />;
}

function OnOrOff({ item, draft, onChange, control }: SettingInputProps) {
  return (
    <Switch
      {...control}
      className="mt-1.5"
      checked={shownValue(item, draft) === true}
      disabled={item.isStartOnly}
      onCheckedChange={onChange}
    />
  );
}

interface ChoiceProps extends SettingInputProps {
  readonly choices: readonly string[];
}

function Choice({ item, draft, choices, onChange, control }: ChoiceProps) {
  return (
    <Select
      {...propsOf(control)}
      value={String(shownValue(item, draft))}
      disabled={item.isStartOnly}
      options={choices.map((choice) => ({ value: choice, label: choice }))}
      onChange={onChange}
    />
  );
}

/** A select takes no `true | undefined` for a claim. */
function propsOf(control: FieldControl) {
  return {
    id: control.id,
    'aria-invalid': control['aria-invalid'] === true,
    ...(control['aria-describedby'] === undefined ? {} : { 'aria-describedby': control['aria-describedby'] }),
  };
}

function Lines({ item, draft, onChange, control }: SettingInputProps) {
  const shown = String(shownValue(item, draft));
  return (
    <Textarea
      {...control}
      className="min-h-16 font-mono text-xs"
      rows={Math.min(8, Math.max(2, shown.split('\n').length))}
      value={shown}
      placeholder={item.example ?? undefined}
      disabled={item.isStartOnly}
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** A number or a text, with its unit. */
function Line({ item, draft, onChange, control }: SettingInputProps) {
  const text = useSettingText();
  return (
    <div className="relative">
      <Input
        {...control}
        type={item.type === 'number' ? 'number' : 'text'}
        className={item.unit === null ? undefined : 'pr-20'}
        value={String(shownValue(item, draft))}
        placeholder={item.example ?? undefined}
        min={item.min ?? undefined}
        max={item.max ?? undefined}
        step={item.isWhole ? 1 : 'any'}
        disabled={item.isStartOnly}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      {item.unit !== null && (
        <span className="pointer-events-none absolute top-1.5 right-2.5 text-xs leading-5 text-ink-faint">
          {text.unit(item.unit)}
        </span>
      )}
    </div>
  );
}

/** A secret shows its hint only; a change replaces all of it. */
function HiddenValue({ item, onChange, control }: SettingInputProps) {
  const t = useTranslations('settings');
  const SHOWN_MAX = 3;
  const more = item.hints.length - SHOWN_MAX;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="min-w-0 flex-1 truncate font-mono text-xs text-ink-soft">
        {item.isSet ? item.hints.slice(0, SHOWN_MAX).join(', ') || '••••••••' : t('nothing')}
        {more > 0 && ` ${t('moreHints', { more })}`}
      </span>
      {!item.isStartOnly && (
        <Button
          size="sm"
          id={control.id}
          aria-describedby={control['aria-describedby']}
          aria-label={t('replaceName', { name: item.name })}
          onClick={() => {
            // The field takes the place of the button, and the focus.
            flushSync(() => onChange(''));
            document.getElementById(control.id)?.focus();
          }}
        >
          {item.isSet ? t('replace') : t('set')}
        </Button>
      )}
    </div>
  );
}
