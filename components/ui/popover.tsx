'use client';
import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './class-names';
import { popoverLook } from './popover-look';

interface PopoverProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A small form beside what opens it. */
export function Popover({ label, trigger, isOpen, onOpenChange, className, children }: PopoverProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            popoverLook,
            'max-h-(--radix-popover-content-available-height) max-w-[calc(100vw-1rem)] p-3',
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
