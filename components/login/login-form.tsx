'use client';
import { Loader2 } from 'lucide-react';
import { useState } from 'react';
import type { SignInResult } from '@/lib/client/session';
import { buttonLook } from '../ui/looks';
import { LoginToken } from './login-token';
import { WAIT, type LoginTexts } from './login-texts';
import { useSignIn } from './use-sign-in';

interface LoginFormProps {
  readonly texts: LoginTexts;
  /** A path of the dashboard. */
  readonly next: string;
  readonly isExpired: boolean;
}

export function LoginForm({ texts, next, isExpired }: LoginFormProps) {
  const [token, setToken] = useState('');
  const { send, isBusy, result, wait } = useSignIn(next);
  const isEmpty = token.trim() === '';
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void send(token.trim());
      }}
    >
      {isExpired && result === undefined && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-xs text-warn" role="status">
          {texts.expired}
        </p>
      )}
      <LoginToken
        texts={texts}
        value={token}
        onChange={setToken}
        error={wait === '' ? refusal(result, texts) : texts.locked.replace(WAIT, wait)}
      />
      <button
        type="submit"
        className={buttonLook({ look: 'primary', size: 'lg' })}
        aria-busy={isBusy}
        disabled={isBusy || isEmpty}
      >
        {isBusy && <Loader2 className="animate-spin" aria-hidden />}
        {texts.submit}
      </button>
    </form>
  );
}

/** Why the last try failed. A lock has its own text, while it lasts. */
function refusal(result: SignInResult | undefined, texts: LoginTexts): string | undefined {
  if (result === undefined || result.kind === 'in' || result.kind === 'locked') return undefined;
  return texts[result.kind];
}
