'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { createToken, tokensKey, tokensQuery } from '@/lib/client/tokens';
import { useAct } from '../shared/use-act';
import { tokenMemory } from '@/lib/client/token-memory';

/**
 * The token to try things out with: made at most once in a tab, however often one asks, or typed. `name` is what a new
 * one is called.
 */
export function useClientToken(name?: string) {
  const t = useTranslations('connect');
  const client = useQueryClient();
  const act = useAct();
  const [made, setMade] = useState(() => tokenMemory.read());
  const [value, setValue] = useState(made?.token ?? '');
  const [isMaking, setMaking] = useState(false);
  const isAsked = useRef(false);
  const { data: tokens, isFetching } = useQuery(tokensQuery);
  const isRevoked =
    made !== undefined &&
    tokens !== undefined &&
    !isFetching &&
    tokens.items.length === tokens.total &&
    !tokens.items.some(({ id }) => id === made.id);
  useEffect(() => {
    if (!isRevoked) return;
    tokenMemory.keep(undefined);
    setMade(undefined);
    setValue((before) => (before === made.token ? '' : before));
  }, [isRevoked, made]);

  const make = async () => {
    if (made !== undefined) {
      setValue(made.token);
      return;
    }
    // A second click may come before the button knows of the first.
    if (isAsked.current) return;
    isAsked.current = true;
    setMaking(true);
    const answer = await act(() => createToken({ name: name ?? t('tokenName') }), t('tokenFailed'));
    setMaking(false);
    isAsked.current = false;
    if (answer === undefined) return;
    const next = { id: answer.item.id, token: answer.token };
    tokenMemory.keep(next);
    // Before the state, so that the list is never older than the token.
    await client.invalidateQueries({ queryKey: tokensKey });
    setMade(next);
    setValue(answer.token);
  };
  const earlier = tokens?.items.find(({ source, id }) => source === 'dashboard' && id !== made?.id);
  return { value, setValue, make, isMaking, isMade: made?.token === value, earlier };
}

export type ClientToken = ReturnType<typeof useClientToken>;
