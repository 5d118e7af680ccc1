/** What is wrong with a field or with anything in it. */
export function errorAt(errors: Readonly<Record<string, string>>, name: string): string | undefined {
  const inner = Object.keys(errors).find((path) => path.startsWith(`${name}.`));
  return errors[name] ?? (inner === undefined ? undefined : errors[inner]);
}
