'use client';
import { useId, type ReactNode } from 'react';
import { useRefusal, type Needs } from '../shared/use-me';
import { cn } from './class-names';

export interface FieldControl {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
  /** There alone where the role is not enough: what else a control says of itself counts then. */
  readonly disabled?: true;
}

interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string;
  readonly className?: string;
  /** What changing it asks for: it cannot be changed by those whose role is not enough, and says so. */
  readonly needs?: Needs | undefined;
  /** Gets what ties the control to its label, hint and error. */
  readonly children: (control: FieldControl) => ReactNode;
}

/** A label, its control, and what is wrong with the value, else the role that it needs, else the hint. */
export function Field({ label, hint, error, className, needs, children }: FieldProps) {
  const refusal = useRefusal(needs);
  const id = useId();
  const noteId = `${id}-note`;
  const hasError = error !== undefined;
  const note = error ?? refusal ?? hint;
  const hasNote = note !== undefined;
  return (
    <div className={cn('grid content-start gap-1', className)}>
      <label htmlFor={id} className="text-xs font-medium text-ink">
        {label}
      </label>
      {children({
        id,
        'aria-invalid': hasError ? true : undefined,
        'aria-describedby': hasNote ? noteId : undefined,
        ...(refusal !== undefined && { disabled: true }),
      })}
      {hasNote && (
        <p
          id={noteId}
          className={cn('text-xs', hasError ? 'text-bad' : 'text-ink-faint')}
          role={hasError ? 'alert' : undefined}
        >
          {note}
        </p>
      )}
    </div>
  );
}
