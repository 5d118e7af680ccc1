import { cn } from '../ui/class-names';
import { CopyButton } from './copy';

interface CodeBlockProps {
  readonly text: string;
  readonly copyLabel: string;
  /** Named by it where there are several. */
  readonly label?: string;
  readonly className?: string;
}

/** Text to copy, as it is. */
export function CodeBlock({ text, copyLabel, label, className }: CodeBlockProps) {
  return (
    <div className={cn('relative min-w-0 rounded-md border border-line bg-sunken', className)}>
      <pre
        className="overflow-x-auto p-2.5 pr-10 font-mono text-xs leading-5 focus-visible:outline-offset-[-2px]"
        tabIndex={0}
        aria-label={label}
        role={label === undefined ? undefined : 'group'}
      >
        {text}
      </pre>
      <CopyButton text={text} label={copyLabel} className="absolute top-1 right-1 bg-sunken" />
    </div>
  );
}
