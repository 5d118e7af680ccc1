'use client';
import { ArrowUp, Square } from 'lucide-react';
import type { KeyboardEvent, RefObject } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { fieldLook } from '../ui/looks';
import { cn } from '../ui/class-names';

interface ComposerProps {
  readonly box: RefObject<HTMLTextAreaElement | null>;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly isWaiting: boolean;
  /** Why nothing can be sent; undefined if it can. */
  readonly missing: string | undefined;
  readonly onSend: () => void;
  readonly onStop: () => void;
}

/** Where one writes. It keeps the focus whatever happens, and may be written in while an answer comes. */
export function Composer(props: ComposerProps) {
  const { box, value, onChange, isWaiting, missing, onSend, onStop } = props;
  const t = useTranslations('playground');
  const canSend = !isWaiting && missing === undefined && value.trim() !== '';
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends the writing of a Chinese word, and is meant for that then.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (canSend) onSend();
  };
  const press = () => {
    if (isWaiting) onStop();
    else onSend();
    box.current?.focus();
  };
  return (
    <form
      className="grid gap-1.5 border-t border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        press();
      }}
    >
      <div className="relative">
        <textarea
          ref={box}
          autoFocus
          rows={2}
          dir="auto"
          className={cn(fieldLook, 'block max-h-52 min-h-16 resize-none py-2 pr-12 [field-sizing:content]')}
          aria-label={t('message')}
          aria-describedby="composer-note"
          placeholder={t('messagePlaceholder')}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <SendButton isWaiting={isWaiting} canSend={canSend} />
      </div>
      <p id="composer-note" className="text-xs text-ink-faint">
        {missing ?? t(isWaiting ? 'keysWaiting' : 'keys')}
      </p>
    </form>
  );
}

interface SendButtonProps {
  readonly isWaiting: boolean;
  readonly canSend: boolean;
}

/** While an answer comes, it stops that. */
function SendButton({ isWaiting, canSend }: SendButtonProps) {
  const t = useTranslations('playground');
  return (
    <Button
      type="submit"
      look={isWaiting ? 'outline' : 'primary'}
      size="icon"
      className="absolute right-2 bottom-2"
      aria-label={t(isWaiting ? 'stop' : 'send')}
      disabled={!isWaiting && !canSend}
    >
      {isWaiting ? <Square aria-hidden /> : <ArrowUp aria-hidden />}
    </Button>
  );
}
