'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { createToken, tokensKey } from '@/lib/client/tokens';
import { CopyButton } from '../shared/copy';
import { useAct } from '../shared/use-act';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

interface TokenFieldProps {
  readonly value: string;
  readonly onChange: (token: string) => void;
}

/** A client token that one has, or a new one. */
export function TokenField({ value, onChange }: TokenFieldProps) {
  const t = useTranslations('connect');
  const client = useQueryClient();
  const act = useAct();
  const [isMade, setMade] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const answer = await act(() => createToken(t('tokenName')), t('tokenFailed'));
    setBusy(false);
    if (answer === undefined) return;
    onChange(answer.token);
    setMade(true);
    await client.invalidateQueries({ queryKey: tokensKey });
  };
  return (
    <Field label={t('token')} hint={isMade ? t('tokenMade') : t('tokenHint')}>
      {(control) => (
        <div className="flex gap-2">
          <div className="relative min-w-0 flex-1">
            <Input
              {...control}
              className="pr-9 font-mono text-xs"
              value={value}
              spellCheck={false}
              onChange={(event) => {
                setMade(false);
                onChange(event.target.value.trim());
              }}
            />
            {value !== '' && (
              <CopyButton text={value} label={t('copyToken')} className="absolute top-0.5 right-0.5" />
            )}
          </div>
          <Button isBusy={isBusy} onClick={() => void make()}>
            <Plus aria-hidden />
            {t('makeToken')}
          </Button>
        </div>
      )}
    </Field>
  );
}
