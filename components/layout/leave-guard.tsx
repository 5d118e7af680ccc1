'use client';
import { useRouter } from 'next/navigation';
import { createContext, use, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { UnsavedInput } from '../ui/unsaved-input';
import { useConfirm } from './confirm';

type MayLeave = () => Promise<boolean>;

const Leaving = createContext<MayLeave>(() => Promise.resolve(true));

/** Asks before something is taken off the page that holds unsaved input; yes at once while nothing is unsaved. */
export function useMayLeave(): MayLeave {
  return use(Leaving);
}

/**
 * Asks before a link, a reload or the browser's Back button leaves input that a form anywhere on the page has called
 * unsaved.
 */
export function LeaveGuard({ children }: { readonly children: ReactNode }) {
  const t = useTranslations('common');
  const confirm = useConfirm();
  const unsaved = useRef(new Set<string>());
  const [isOn, setOn] = useState(false);
  const note = useCallback((id: string, isUnsaved: boolean) => {
    if (isUnsaved) unsaved.current.add(id);
    else unsaved.current.delete(id);
    setOn(unsaved.current.size > 0);
  }, []);
  const mayLeave = useCallback<MayLeave>(async () => {
    if (unsaved.current.size === 0) return true;
    return confirm({
      title: t('leave'),
      text: t('unsavedText'),
      action: t('discard'),
      isDangerous: true,
    });
  }, [confirm, t]);
  useAskBeforeLeaving(isOn, mayLeave);
  return (
    <Leaving value={mayLeave}>
      <UnsavedInput value={note}>{children}</UnsavedInput>
    </Leaving>
  );
}

/** While it is on, leaving the page waits until a person has agreed. */
function useAskBeforeLeaving(isOn: boolean, mayLeave: MayLeave): void {
  const router = useRouter();
  useEffect(() => {
    if (!isOn) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const href = leadsAway(event);
      if (href === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      void mayLeave().then((isYes) => isYes && router.push(href));
    };
    // Browsers without it leave at once.
    const { navigation } = window as { readonly navigation?: Navigation };
    const onNavigate = (event: NavigateEvent) => {
      // What the page itself goes back over has been asked about before.
      if (event.navigationType !== 'traverse' || !event.cancelable || !event.userInitiated) return;
      event.preventDefault();
      const { key } = event.destination;
      void mayLeave().then((isYes) => isYes && navigation?.traverseTo(key));
    };
    navigation?.addEventListener('navigate', onNavigate);
    window.addEventListener('beforeunload', onUnload);
    // Before the router is told of the click.
    window.addEventListener('click', onClick, true);
    return () => {
      navigation?.removeEventListener('navigate', onNavigate);
      window.removeEventListener('beforeunload', onUnload);
      window.removeEventListener('click', onClick, true);
    };
  }, [isOn, mayLeave, router]);
}

/** Where a click leads if that is another page, in this tab and by our own router. */
function leadsAway(event: MouseEvent): string | undefined {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null;
  if (link === null || !isPlain(event) || !opensHere(link)) return undefined;
  const { origin, pathname, search, hash } = new URL(link.href);
  const { location } = window;
  if (origin !== location.origin) return undefined;
  return pathname === location.pathname && search === location.search
    ? undefined
    : `${pathname}${search}${hash}`;
}

/** With the main button, and without a key that opens the link elsewhere. */
function isPlain({ metaKey, ctrlKey, shiftKey, altKey, button }: MouseEvent): boolean {
  return !metaKey && !ctrlKey && !shiftKey && !altKey && button === 0;
}

function opensHere(link: HTMLAnchorElement): boolean {
  return !link.hasAttribute('download') && (link.target === '' || link.target === '_self');
}
