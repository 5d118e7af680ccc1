/** Tags within a line of text; what has no room is cut with the line. */
export function TagChips({ tags }: { readonly tags: readonly string[] }) {
  return tags.map((tag) => (
    <span key={tag}>
      <span className="rounded-sm bg-sunken px-1.5 text-xs font-medium text-ink-soft">
        <bdi>{tag}</bdi>
      </span>{' '}
    </span>
  ));
}
