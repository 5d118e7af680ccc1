/** What of a draft is not as it is saved. Nothing else is sent: a role may be enough for some fields alone. */
export function changedFields<T extends object>(saved: T, draft: T): Partial<T> {
  const names = (Object.keys(draft) as (keyof T)[]).filter((name) => draft[name] !== saved[name]);
  return Object.fromEntries(names.map((name) => [name, draft[name]])) as Partial<T>;
}
