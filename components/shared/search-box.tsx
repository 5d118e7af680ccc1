'use client';
import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { Input } from '../ui/input';

interface SearchBoxProps {
  readonly value: string;
  /** Called when typing pauses. */
  readonly onChange: (value: string) => void;
  readonly label: string;
  readonly className?: string;
}

const PAUSE_MS = 250;

export function SearchBox({ value, onChange, label, className }: SearchBoxProps) {
  const t = useTranslations('common');
  const [draft, setDraft] = useState(value);
  const [lastValue, setLastValue] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address changed by other means than typing here.
  if (value !== lastValue) {
    setLastValue(value);
    setDraft(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);

  const type = (text: string, pauseMs: number) => {
    setDraft(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(text.trim()), pauseMs);
  };

  return (
    <div className={cn('relative', className)} role="search">
      <Search
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-faint"
        aria-hidden
      />
      <Input
        className="px-8"
        value={draft}
        onChange={(event) => type(event.target.value, PAUSE_MS)}
        onKeyDown={(event) => event.key === 'Enter' && type(draft, 0)}
        placeholder={label}
        aria-label={label}
        spellCheck={false}
      />
      {draft !== '' && (
        <Button
          look="ghost"
          size="iconSm"
          className="absolute top-0.5 right-0.5"
          aria-label={t('clear')}
          onClick={() => type('', 0)}
        >
          <X aria-hidden />
        </Button>
      )}
    </div>
  );
}
