import { viewMemory } from '@/lib/client/view-memory';

/** The address of a page as it was left, with something of it open. */
export function drawerHref(path: string, values: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(viewMemory.queryOf(path));
  for (const [name, value] of Object.entries(values)) search.set(name, value);
  return `${path}?${search.toString()}`;
}
