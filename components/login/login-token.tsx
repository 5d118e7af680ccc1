'use client';
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { buttonLook, fieldLook } from '../ui/looks';
import type { LoginTexts } from './login-texts';

interface LoginTokenProps {
  readonly texts: LoginTexts;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

/** The field for the admin token, masked until people want to see it. */
export function LoginToken({ texts, value, onChange, error }: LoginTokenProps) {
  const [isVisible, setVisible] = useState(false);
  return (
    <div className="grid content-start gap-1">
      <label htmlFor="token" className="text-xs font-medium text-ink">
        {texts.token}
      </label>
      <div className="relative">
        <input
          id="token"
          className={`${fieldLook} h-9 pr-10 font-mono`}
          type={isVisible ? 'text' : 'password'}
          value={value}
          onChange={(event) => onChange(event.target.value)}
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
  );
}
