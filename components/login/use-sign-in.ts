'use client';
import { useState } from 'react';
import { formatCountdown } from '@/lib/client/format';
import { signIn, type SignInResult } from '@/lib/client/session';
import { useNow } from '../shared/use-now';

/**
 * Signs in with the admin token and goes on to `next`. `wait` is how long signing in is locked after too many wrong
 * tokens, to show; empty if it is not.
 */
export function useSignIn(next: string) {
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<SignInResult>();
  const [lockedUntil, setLockedUntil] = useState(0);
  const wait = formatCountdown(lockedUntil - useNow());

  const send = async (token: string) => {
    setBusy(true);
    const answer = await signIn(token);
    if (answer.kind === 'in') {
      window.location.assign(next);
      return;
    }
    if (answer.kind === 'locked') setLockedUntil(Date.now() + answer.waitSeconds * 1000);
    setResult(answer);
    setBusy(false);
  };
  return { send, isBusy, result, wait };
}
