/** Many lines in, one line out. */
export function Logo({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 20 20" fill="none" className={className} aria-hidden>
      <path
        d="M3 4h3.2c2.3 0 3.1 6 5.3 6H17M3 16h3.2c2.3 0 3.1-6 5.3-6M3 10h14"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
      />
      <circle cx="17" cy="10" r="2.2" fill="currentColor" />
    </svg>
  );
}
