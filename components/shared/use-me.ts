'use client';
import { createContext, createElement, use, useCallback, type ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { EndpointName } from '@/lib/admin/contract/addresses';
import { mayDo, roleNeeded } from '@/lib/admin/contract/roles';
import type { Role } from '@/lib/client/session';

/** Who looks at the dashboard. */
export interface Me {
  readonly role: Role;
  /** Null: somebody with the admin token. */
  readonly name: string | null;
}

/** What is about to be asked for; the input decides where an endpoint asks for more of it, see `roleNeeded`. */
export type Needs = EndpointName | readonly [EndpointName, object];

const MeContext = createContext<Me>({ role: 'admin', name: null });

export function MeProvider({ value, children }: { readonly value: Me; readonly children: ReactNode }) {
  return createElement(MeContext, { value }, children);
}

export const useMe = (): Me => use(MeContext);

/** Whether whoever looks may ask for it. The server decides; this is for what is offered. */
export function useMay(): (needs: Needs) => boolean {
  const { role } = useMe();
  return useCallback((needs) => mayDo(role, ...asked(needs)), [role]);
}

/** Why a control does nothing for whoever looks; undefined if it does what it says. */
export function useRefusal(needs: Needs | undefined): string | undefined {
  const may = useMay();
  const t = useTranslations('common');
  const roles = useTranslations('layout.roles');
  if (needs === undefined || may(needs)) return undefined;
  return t('needsRole', { role: roles(roleNeeded(...asked(needs))) });
}

function asked(needs: Needs): readonly [EndpointName, object] {
  return typeof needs === 'string' ? [needs, {}] : needs;
}
