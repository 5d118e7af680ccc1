import type { ComponentProps } from 'react';
import { cn } from './class-names';
import { fieldLook } from './looks';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(fieldLook, 'h-8', className)} autoComplete="off" {...props} />;
}
