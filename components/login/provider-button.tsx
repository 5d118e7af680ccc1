'use client';
import { Loader2, LogIn } from 'lucide-react';
import { useState } from 'react';
import { leadToProvider } from '@/lib/client/session';
import { buttonLook } from '../ui/looks';
import type { LoginTexts } from './login-texts';

interface ProviderButtonProps {
  readonly texts: Pick<LoginTexts, 'or' | 'unreachable'>;
  /** As the settings call the OpenID provider. */
  readonly name: string;
  /** Why the last try failed. */
  readonly failure: string | undefined;
  readonly next: string;
}

/** The way to the OpenID provider. */
export function ProviderButton({ texts, name, failure, next }: ProviderButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const [isUnreachable, setUnreachable] = useState(false);
  const problem = isUnreachable ? texts.unreachable : failure;
  const go = async () => {
    setBusy(true);
    const isAway = await leadToProvider(next);
    setUnreachable(!isAway);
    if (!isAway) setBusy(false);
  };
  return (
    <div className="mt-4 grid gap-4">
      <div className="flex items-center gap-3 text-xs text-ink-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {texts.or}
      </div>
      <button
        type="button"
        className={`${buttonLook({ look: 'outline', size: 'lg' })} max-w-full min-w-0`}
        aria-busy={isBusy}
        disabled={isBusy}
        onClick={() => void go()}
      >
        {isBusy ? <Loader2 className="animate-spin" aria-hidden /> : <LogIn aria-hidden />}
        <span className="truncate">{name}</span>
      </button>
      {problem !== undefined && (
        <p className="text-xs break-words text-bad" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
