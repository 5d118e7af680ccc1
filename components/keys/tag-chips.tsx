import { Badge } from '../ui/badge';

/** Tags in a row as high as its text; what has no room is in the tooltip. */
export function TagChips({ tags }: { readonly tags: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <span className="flex min-w-0 gap-1 overflow-hidden" title={tags.join(', ')}>
      {tags.map((tag) => (
        <Badge key={tag} className="block min-w-8 shrink truncate leading-4.5">
          <bdi>{tag}</bdi>
        </Badge>
      ))}
    </span>
  );
}
