'use client';
import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { useRefusal, type Needs } from '../shared/use-me';
import { cn } from './class-names';
import { popoverLook } from './popover-look';

interface MenuProps {
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  readonly align?: 'start' | 'end';
}

export function Menu({ trigger, children, align = 'end' }: MenuProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            popoverLook,
            'max-h-(--radix-dropdown-menu-content-available-height) max-w-[calc(100vw-1rem)] min-w-40',
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const itemLook =
  'relative flex min-h-7 cursor-default max-sm:min-h-9 items-center gap-2 rounded-sm px-2 py-1 outline-none data-disabled:opacity-50 data-highlighted:bg-sunken [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-ink-faint';

interface ItemProps extends ComponentProps<typeof Radix.Item> {
  readonly isDanger?: boolean;
  /** What it asks for: it cannot be chosen by those whose role is not enough. */
  readonly needs?: Needs | undefined;
}

export function MenuItem({ className, isDanger, needs, disabled, title, ...props }: ItemProps) {
  const refusal = useRefusal(needs);
  return (
    <Radix.Item
      disabled={disabled === true || refusal !== undefined}
      title={refusal ?? title}
      className={cn(itemLook, isDanger === true && 'text-bad [&_svg]:text-bad', className)}
      {...props}
    />
  );
}

interface ChoiceProps<V extends string> {
  readonly label: ReactNode;
  readonly value: V;
  readonly options: readonly { readonly value: V; readonly label: ReactNode }[];
  readonly onChange: (value: V) => void;
}

/** One of several, within a menu. */
export function MenuChoice<V extends string>({ label, value, options, onChange }: ChoiceProps<V>) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(next) => onChange(next as V)}>
      <Radix.Label className="px-2 pt-1.5 pb-1 text-2xs font-medium text-ink-faint">{label}</Radix.Label>
      {options.map((option) => (
        <Radix.RadioItem key={option.value} value={option.value} className={cn(itemLook, 'pl-6')}>
          <Radix.ItemIndicator className="absolute left-2.5 size-1.5 rounded-full bg-accent" />
          {option.label}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

interface CheckProps {
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
  readonly children: ReactNode;
}

/** One of many that are on or off; the menu stays open, for one seldom changes only one of them. */
export function MenuCheck({ isChecked, onChange, children }: CheckProps) {
  return (
    <Radix.CheckboxItem
      checked={isChecked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
      className={cn(itemLook, 'pl-7')}
    >
      <Radix.ItemIndicator className="absolute left-2">
        <Check aria-hidden />
      </Radix.ItemIndicator>
      {children}
    </Radix.CheckboxItem>
  );
}

/** What a part of a menu is about. */
export function MenuHint({ children }: { readonly children: ReactNode }) {
  return (
    <Radix.Label className="max-w-56 px-2 pt-1.5 pb-1 text-2xs font-medium text-ink-faint">
      {children}
    </Radix.Label>
  );
}

export function MenuLine() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
