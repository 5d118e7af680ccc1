'use client';
import { Command as Library } from 'cmdk';
import { Search, X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useRef, type ComponentProps, type ReactNode, type RefObject } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from './button';
import { useFocusReturn } from './use-focus-return';

interface CommandWindowProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** Called when it is gone and the focus is back where it was. */
  readonly onClosed: () => void;
  readonly label: string;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  /** Between the field and the list, and below it: what is no choice has no place in a list of choices. */
  readonly notes?: ReactNode;
  readonly footer?: ReactNode;
  readonly children: ReactNode;
}

/** A field, and below it what may be chosen by the arrow keys. What is found is decided outside. */
export function CommandWindow(props: CommandWindowProps) {
  const { isOpen, onOpenChange, onClosed, label, search, onSearch, notes, footer, children } = props;
  const giveFocusBack = useFocusReturn(isOpen);
  const field = useRef<HTMLInputElement>(null);
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-fade-in bg-shade" />
        <Radix.Content
          onCloseAutoFocus={(event) => {
            giveFocusBack(event);
            onClosed();
          }}
          onOpenAutoFocus={(event) => {
            // Left to itself it would select what was typed ahead, and the next letter would take its place.
            event.preventDefault();
            field.current?.focus();
          }}
          aria-describedby={undefined}
          className="fixed z-50 flex flex-col overflow-hidden border border-line bg-surface shadow-high max-sm:inset-x-0 max-sm:top-0 max-sm:max-h-dvh max-sm:animate-fade-in max-sm:rounded-b-xl sm:top-[12dvh] sm:left-1/2 sm:max-h-[70dvh] sm:w-[min(38rem,calc(100vw-2rem))] sm:-translate-x-1/2 sm:animate-fade-in sm:rounded-xl"
        >
          <Radix.Title className="sr-only">{label}</Radix.Title>
          <Library
            label={label}
            shouldFilter={false}
            vimBindings={false}
            loop
            className="flex min-h-0 flex-col"
          >
            <CommandField label={label} search={search} onSearch={onSearch} field={field} />
            {notes}
            <Library.List label={label} className="min-h-0 scroll-py-1 overflow-y-auto p-1 empty:hidden">
              {children}
            </Library.List>
            {footer}
          </Library>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface CommandFieldProps extends Pick<CommandWindowProps, 'label' | 'search' | 'onSearch'> {
  readonly field: RefObject<HTMLInputElement | null>;
}

function CommandField({ label, search, onSearch, field }: CommandFieldProps) {
  const t = useTranslations('common');
  return (
    <div className="flex items-center gap-2 border-b border-line px-3">
      <Search className="size-4 shrink-0 text-ink-faint" aria-hidden />
      <Library.Input
        ref={field}
        value={search}
        onValueChange={onSearch}
        placeholder={label}
        className="h-11 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-ink-faint"
      />
      <Radix.Close asChild>
        <Button look="ghost" size="iconSm" aria-label={t('close')}>
          <X aria-hidden />
        </Button>
      </Radix.Close>
    </div>
  );
}

export function CommandGroup(props: ComponentProps<typeof Library.Group>) {
  return (
    <Library.Group
      {...props}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-faint"
    />
  );
}

export function CommandItem(props: ComponentProps<typeof Library.Item>) {
  return (
    <Library.Item
      {...props}
      className="flex min-h-8 cursor-default items-center gap-2.5 rounded-md px-2 py-1 text-sm text-ink outline-none data-[selected=true]:bg-accent-soft max-sm:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-faint"
    />
  );
}
