'use client';
import { useCallback, useState } from 'react';
import { isWholeKey } from '@/lib/client/keys';
import { useUrlState } from '../shared/use-url-state';
import { keyViewDefaults, type KeyView } from './key-view';

/** The view of the keys, kept in the address. A whole key that is searched for must not stand there. */
export function useKeyView(): readonly [KeyView, (patch: Partial<KeyView>) => void] {
  const [urlView, changeUrl] = useUrlState(keyViewDefaults, 'key', 'open');
  const [secretSearch, setSecretSearch] = useState('');
  const change = useCallback(
    (patch: Partial<KeyView>) => {
      const isSecret = isWholeKey(patch.search ?? '');
      if (patch.search !== undefined) setSecretSearch(isSecret ? patch.search : '');
      changeUrl(isSecret ? { ...patch, search: '' } : patch);
    },
    [changeUrl],
  );
  return [secretSearch === '' ? urlView : { ...urlView, search: secretSearch }, change];
}
