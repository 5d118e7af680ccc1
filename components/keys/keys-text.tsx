'use client';
import { formatBytes } from '@/lib/client/format';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Textarea } from '../ui/textarea';

interface KeysTextProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly error?: string;
  /** The cursor is in it at once; default true. */
  readonly isFocused?: boolean;
}

/** A browser takes many seconds to lay out more than this in a text area. */
const SHOWN_LENGTH_MAX = 40_000;

/** Where keys are pasted. Very many of them are kept and counted, not shown. */
export function KeysText({ text, onChange, error, isFocused = true }: KeysTextProps) {
  const t = useTranslations('keys.import');
  const isTooLong = text.length > SHOWN_LENGTH_MAX;
  return (
    <Field label={t('keys')} {...(error === undefined ? {} : { error })}>
      {(control) =>
        isTooLong ? (
          <div className="flex h-40 flex-col items-center justify-center gap-2 rounded-md border border-line-strong bg-sunken">
            <p className="text-sm">{t('long', { size: formatBytes(text.length) })}</p>
            <Button id={control.id} size="sm" aria-label={t('clear')} onClick={() => onChange('')}>
              {t('clear')}
            </Button>
          </div>
        ) : (
          <Textarea
            {...control}
            className="h-40 font-mono text-xs break-all"
            value={text}
            placeholder={'sk-…\nsk-…'}
            autoFocus={isFocused}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange(event.target.value)}
            onPaste={(event) => {
              const pasted = event.clipboardData.getData('text');
              if (pasted.length <= SHOWN_LENGTH_MAX) return;
              event.preventDefault();
              onChange(text === '' ? pasted : `${text}\n${pasted}`);
            }}
          />
        )
      }
    </Field>
  );
}
