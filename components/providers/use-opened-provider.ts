'use client';
import { useState } from 'react';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { useUrlState } from '../shared/use-url-state';

const viewDefaults = {
  /** What is open, and of which provider: `edit`, `connect`, `models`; `new` has none. */
  open: '',
  provider: '',
};

export type ProviderView = 'edit' | 'connect' | 'models';

export interface OpenedProvider {
  /** One of the views, `new`, or empty. */
  readonly view: string;
  readonly chosen: ProviderItem | undefined;
  /** As it was before it was deleted elsewhere. It stays open: something may be typed there. */
  readonly gone: ProviderItem | undefined;
  readonly add: () => void;
  readonly open: (view: ProviderView, provider: ProviderItem) => void;
  readonly close: () => void;
}

/** What is open, as the address says. */
export function useOpenedProvider(providers: readonly ProviderItem[]): OpenedProvider {
  const [view, change] = useUrlState(viewDefaults, 'open', 'provider');
  const [shown, setShown] = useState<ProviderItem>();
  const chosen = providers.find(({ id }) => id === view.provider);
  if (chosen !== undefined && chosen !== shown) setShown(chosen);
  return {
    view: view.open,
    chosen,
    gone: chosen === undefined && shown?.id === view.provider ? shown : undefined,
    add: () => change({ open: 'new' }),
    open: (open, { id }) => change({ open, provider: id }),
    close: () => change({ open: '', provider: '' }),
  };
}
