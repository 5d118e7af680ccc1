'use client';
import { Plus } from 'lucide-react';
import { CopyButton } from '../shared/copy';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import type { ClientToken } from './use-client-token';

/** A client token that one has, or a new one. */
export function TokenField({ token }: { readonly token: ClientToken }) {
  const t = useTranslations('connect');
  const { value, setValue, make, isMaking, isMade, earlier } = token;
  const hint =
    value === '' && earlier !== undefined
      ? t('tokenHidden', { name: earlier.name, hint: earlier.hint })
      : t('tokenHint');
  return (
    <Field label={t('token')} hint={isMade && value !== '' ? t('tokenMade') : hint}>
      {(control) => (
        <div className="flex flex-wrap gap-2">
          <div className="relative min-w-48 flex-1">
            <Input
              {...control}
              className="pr-9 font-mono text-xs"
              value={value}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => setValue(event.target.value.trim())}
            />
            {value !== '' && (
              <CopyButton text={value} label={t('copyToken')} className="absolute top-0.5 right-0.5" />
            )}
          </div>
          {value === '' && (
            <Button needs="tokens.create" isBusy={isMaking} onClick={() => void make()}>
              <Plus aria-hidden />
              {t('makeToken')}
            </Button>
          )}
        </div>
      )}
    </Field>
  );
}
