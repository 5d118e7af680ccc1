'use client';
import { AlertDialog as Radix } from 'radix-ui';
import { createContext, use, useCallback, useRef, useState, type ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { useFocusReturn } from '../ui/use-focus-return';

export interface Question {
  readonly title: string;
  readonly text?: ReactNode;
  /** What the button says that does it. */
  readonly action: string;
  readonly isDangerous?: boolean;
}

type Ask = (question: Question) => Promise<boolean>;

const Asking = createContext<Ask>(() => Promise.resolve(false));

/** Asks before something is done that cannot simply be done back. Resolves with the answer. */
export function useConfirm(): Ask {
  return use(Asking);
}

export function ConfirmProvider({ children }: { readonly children: ReactNode }) {
  const t = useTranslations('common');
  const [question, setQuestion] = useState<Question>();
  const [isOpen, setOpen] = useState(false);
  const giveFocusBack = useFocusReturn(isOpen);
  const settle = useRef<(answer: boolean) => void>(undefined);

  const ask = useCallback<Ask>((next) => {
    settle.current?.(false);
    setQuestion(next);
    setOpen(true);
    return new Promise((resolve) => (settle.current = resolve));
  }, []);

  const answer = (isYes: boolean) => {
    setOpen(false);
    settle.current?.(isYes);
    settle.current = undefined;
  };

  return (
    <Asking value={ask}>
      {children}
      <Radix.Root open={isOpen} onOpenChange={(open) => !open && answer(false)}>
        <Radix.Portal>
          <Radix.Overlay className="fixed inset-0 z-50 animate-fade-in bg-shade" />
          <Radix.Content
            onCloseAutoFocus={giveFocusBack}
            className="fixed top-1/2 left-1/2 z-50 grid max-h-[calc(100dvh-2rem)] overflow-y-auto w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 animate-fade-in gap-2 rounded-xl border border-line bg-surface p-5 shadow-high"
          >
            <Radix.Title className="text-base font-semibold">{question?.title}</Radix.Title>
            <Radix.Description asChild>
              <div className="text-sm break-words text-ink-soft">{question?.text}</div>
            </Radix.Description>
            <div className="mt-3 flex flex-wrap justify-end gap-2">
              <Radix.Cancel asChild>
                <Button>{t('cancel')}</Button>
              </Radix.Cancel>
              <Radix.Action asChild>
                <Button
                  look={question?.isDangerous === true ? 'danger' : 'primary'}
                  onClick={() => answer(true)}
                >
                  {question?.action}
                </Button>
              </Radix.Action>
            </div>
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Asking>
  );
}
