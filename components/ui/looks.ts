/** How controls look, for those that stand on a page too small for the code of `cn`. */
import { cva } from 'class-variance-authority';

export const buttonLook = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 aria-busy:cursor-progress [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary: 'bg-accent text-accent-ink hover:bg-accent/90',
        outline: 'border border-line-strong bg-surface text-ink hover:bg-sunken',
        ghost: 'text-ink-soft hover:bg-sunken hover:text-ink',
        danger: 'bg-bad text-bad-ink hover:bg-bad/90',
        dangerGhost: 'text-bad hover:bg-bad-soft',
        link: 'text-accent underline-offset-4 hover:underline',
      },
      size: {
        sm: 'h-7 px-2 text-xs [&_svg]:size-3.5',
        md: 'h-8 px-3 text-sm',
        lg: 'h-9 px-4 text-base',
        icon: 'size-8',
        iconSm: 'size-7 [&_svg]:size-3.5',
        inline: 'hit h-auto px-0 text-[length:inherit]',
      },
    },
    defaultVariants: { look: 'outline', size: 'md' },
  },
);

/** A link within text: colour alone does not set it off for everybody. */
export const textLinkLook = 'text-accent underline underline-offset-2';

export const fieldLook =
  'w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 text-sm text-ink transition-colors text-ellipsis placeholder:text-ink-faint hover:border-ink-faint focus-visible:border-accent focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent/40 disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-bad aria-invalid:outline-bad/40';
