'use client';
import { Plus } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { ClientToken } from '../../connect/use-client-token';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';

/** The client token to ask with: the one that was made in this tab, a new one, or one that is typed. It is not shown. */
export function TokenSecret({ token }: { readonly token: ClientToken }) {
  const t = useTranslations('logs.again');
  const connect = useTranslations('connect');
  const { value, setValue, make, isMaking, isMade } = token;
  return (
    <Field label={connect('token')} hint={isMade && value !== '' ? t('tokenMade') : connect('tokenHint')}>
      {(control) => (
        <div className="flex flex-wrap gap-2">
          <Input
            {...control}
            type="password"
            className="min-w-48 flex-1 font-mono text-xs"
            value={value}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setValue(event.target.value.trim())}
          />
          {value === '' && (
            <Button needs="tokens.create" isBusy={isMaking} onClick={() => void make()}>
              <Plus aria-hidden />
              {connect('makeToken')}
            </Button>
          )}
        </div>
      )}
    </Field>
  );
}
