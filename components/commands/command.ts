import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Matched } from '@/lib/client/matching';

/** Something that the palette can do. */
export interface Command extends Matched {
  /** Unlike that of every other. */
  readonly id: string;
  readonly icon: LucideIcon;
  /** What tells it from others of its name. */
  readonly hint?: ReactNode;
  /** The address that it leads to, or what it does; that may be to say the address. */
  readonly act: string | (() => string | void);
}

export interface CommandGroupItems {
  readonly name: string;
  readonly title: string;
  readonly commands: readonly Command[];
}
