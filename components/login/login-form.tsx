'use client';
import { Eye, EyeOff, Loader2 } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { formatCountdown } from '@/lib/client/format';
import { signIn, type SignInResult } from '@/lib/client/session';
import { useNow } from '../shared/use-now';
import { buttonLook, fieldLook } from '../ui/looks';
import { WAIT, type LoginTexts } from './login-texts';

interface LoginFormProps {
  readonly texts: LoginTexts;
  /** A path of the dashboard. */
  readonly next: string;
  readonly isExpired: boolean;
}

export function LoginForm({ texts, next, isExpired }: LoginFormProps) {
  const [token, setToken] = useState('');
  const [isVisible, setVisible] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<SignInResult>();
  const [lockedUntil, setLockedUntil] = useState(0);
  const left = formatCountdown(lockedUntil - useNow());

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const answer = await signIn(token.trim());
    if (answer.kind === 'in') {
      window.location.assign(next);
      return;
    }
    if (answer.kind === 'locked') setLockedUntil(Date.now() + answer.waitSeconds * 1000);
    setResult(answer);
    setBusy(false);
  };

  const isLocked = left !== '';
  const error = isLocked
    ? texts.locked.replace(WAIT, left)
    : result === undefined || result.kind === 'in' || result.kind === 'locked'
      ? undefined
      : texts[result.kind];

  return (
    <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
      {isExpired && result === undefined && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-xs text-warn" role="status">
          {texts.expired}
        </p>
      )}
      <div className="grid content-start gap-1">
        <label htmlFor="token" className="text-xs font-medium text-ink">
          {texts.token}
        </label>
        <div className="relative">
          <input
            id="token"
            className={`${fieldLook} h-9 pr-10 font-mono`}
            type={isVisible ? 'text' : 'password'}
            value={token}
            onChange={(event) => setToken(event.target.value)}
            autoComplete="current-password"
            autoFocus
            required
            spellCheck={false}
            aria-invalid={error === undefined ? undefined : true}
            aria-describedby="token-note"
          />
          <button
            type="button"
            className={`${buttonLook({ look: 'ghost', size: 'iconSm' })} absolute top-1 right-1`}
            aria-label={isVisible ? texts.hide : texts.show}
            aria-pressed={isVisible}
            onClick={() => setVisible(!isVisible)}
          >
            {isVisible ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          </button>
        </div>
        {error === undefined ? (
          <p id="token-note" className="text-xs text-ink-faint">
            {texts.hint}
          </p>
        ) : (
          <p id="token-note" className="text-xs text-bad" role="alert">
            {error}
          </p>
        )}
      </div>
      <button
        type="submit"
        className={buttonLook({ look: 'primary', size: 'lg' })}
        aria-busy={isBusy}
        disabled={isBusy || token.trim() === ''}
      >
        {isBusy && <Loader2 className="animate-spin" aria-hidden />}
        {texts.submit}
      </button>
    </form>
  );
}
