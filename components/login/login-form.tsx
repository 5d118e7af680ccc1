'use client';
import { Eye, EyeOff } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { formatCountdown } from '@/lib/client/format';
import { signIn, type SignInResult } from '@/lib/client/session';
import { useNow } from '../shared/use-now';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
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
      <Field label={texts.token} hint={texts.hint} {...(error === undefined ? {} : { error })}>
        {(control) => (
          <div className="relative">
            <Input
              {...control}
              className="h-9 pr-10 font-mono"
              type={isVisible ? 'text' : 'password'}
              value={token}
              onChange={(event) => setToken(event.target.value)}
              autoComplete="current-password"
              autoFocus
              required
              spellCheck={false}
            />
            <Button
              look="ghost"
              size="iconSm"
              className="absolute top-1 right-1"
              aria-label={isVisible ? texts.hide : texts.show}
              aria-pressed={isVisible}
              onClick={() => setVisible(!isVisible)}
            >
              {isVisible ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
            </Button>
          </div>
        )}
      </Field>
      <Button type="submit" look="primary" size="lg" isBusy={isBusy} disabled={token.trim() === ''}>
        {texts.submit}
      </Button>
    </form>
  );
}
