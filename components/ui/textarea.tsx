import type { ComponentProps } from 'react';
import { cn } from './class-names';
import { fieldLook } from './looks';

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(fieldLook, 'min-h-20 resize-y py-1.5', className)} {...props} />;
}
