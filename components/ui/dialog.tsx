'use client';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { createContext, use, useCallback, useRef, type ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { useConfirm } from '../layout/confirm';
import { Button } from './button';
import { cn } from './class-names';
import { UnsavedInput } from './unsaved-input';
import { useFocusReturn } from './use-focus-return';

interface DialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
  /** `sheet` is a drawer on the right; on a phone both fill the screen from below. */
  readonly shape?: 'window' | 'sheet';
  readonly className?: string;
  /** Marks the dialog of a story: keys that belong to it do not act from what lies over it. */
  readonly 'data-story'?: string;
}

const windowLook =
  'fixed z-50 flex flex-col border border-line bg-surface shadow-high max-sm:inset-x-0 max-sm:bottom-0 max-sm:max-h-dvh max-sm:animate-rise-in max-sm:rounded-t-xl sm:top-1/2 sm:left-1/2 sm:max-h-[86dvh] sm:w-[min(36rem,calc(100vw-2rem))] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:animate-fade-in sm:rounded-xl';
const sheetLook =
  'fixed z-50 flex flex-col border-line bg-surface shadow-high max-sm:inset-x-0 max-sm:bottom-0 max-sm:h-dvh max-sm:animate-rise-in max-sm:rounded-t-xl max-sm:border-t sm:inset-y-0 sm:right-0 sm:w-[min(40rem,100vw)] max-sm:pb-[env(safe-area-inset-bottom)] sm:animate-slide-in sm:border-l';

const Closing = createContext<() => void>(() => undefined);

/** Closes the dialog around, as its cross does: over unsaved input it asks first. */
export function useDialogClose(): () => void {
  return use(Closing);
}

/**
 * Asks before it closes over input that a form inside has called unsaved with `useUnsavedInput`. Gives the focus back
 * to what has opened it.
 */
export function Dialog(props: DialogProps) {
  const { isOpen, onOpenChange, title, description, children, footer, shape = 'window', className } = props;
  const giveFocusBack = useFocusReturn(isOpen);
  const { note, change } = useUnsavedQuestion(onOpenChange);
  const close = () => void change(false);
  return (
    <Radix.Root open={isOpen} onOpenChange={(next) => void change(next)}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-fade-in bg-shade" />
        <Radix.Content
          className={cn(shape === 'sheet' ? sheetLook : windowLook, className)}
          onCloseAutoFocus={giveFocusBack}
          data-story={props['data-story']}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <DialogHeader title={title} description={description} />
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">
            <UnsavedInput value={note}>
              <Closing value={close}>{children}</Closing>
            </UnsavedInput>
          </div>
          {footer !== undefined && (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function DialogHeader({ title, description }: Pick<DialogProps, 'title' | 'description'>) {
  const t = useTranslations('common');
  return (
    <header className="flex items-start gap-3 border-b border-line px-4 py-3">
      <div className="min-w-0 flex-1">
        <Radix.Title className="text-base font-semibold break-words">{title}</Radix.Title>
        {description !== undefined && (
          <Radix.Description asChild>
            <div className="mt-0.5 text-xs text-ink-soft">{description}</div>
          </Radix.Description>
        )}
      </div>
      <Radix.Close asChild>
        <Button look="ghost" size="iconSm" aria-label={t('close')}>
          <X aria-hidden />
        </Button>
      </Radix.Close>
    </header>
  );
}

/** Input that is called unsaved with `note` is asked about before a dialog is closed. */
function useUnsavedQuestion(onOpenChange: (isOpen: boolean) => void) {
  const t = useTranslations('common');
  const confirm = useConfirm();
  const unsaved = useRef(new Set<string>());
  const notePage = use(UnsavedInput);
  const note = useCallback(
    (id: string, isUnsaved: boolean) => {
      if (isUnsaved) unsaved.current.add(id);
      else unsaved.current.delete(id);
      notePage(id, isUnsaved);
    },
    [notePage],
  );
  const change = async (next: boolean) => {
    const isSafe = next || unsaved.current.size === 0;
    const question = { title: t('unsaved'), text: t('unsavedText'), action: t('discard'), isDangerous: true };
    if (isSafe || (await confirm(question))) onOpenChange(next);
  };
  return { note, change };
}
