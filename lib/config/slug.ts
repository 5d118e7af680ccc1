const slugPattern = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/**
 * First segments of the address that mean something else: pages, API paths and files at the root. `hf` and `openai` are
 * not among them: a provider may take those names (see "Route" in the design).
 */
export const reservedSlugs: ReadonlySet<string> = new Set([
  'api',
  'apple-icon.png',
  'favicon.ico',
  'health',
  'icon.png',
  'icon.svg',
  'keys',
  'login',
  'logout',
  'logs',
  'manifest.json',
  'manifest.webmanifest',
  'metrics',
  'models',
  'playground',
  'providers',
  'proxies',
  'ready',
  'robots.txt',
  'settings',
  'sitemap.xml',
  'v1',
  'v1alpha',
  'v1beta',
]);

/** undefined for a usable slug (lower case already), else the reason why it is refused. */
export function reasonAgainstSlug(slug: string): string | undefined {
  if (reservedSlugs.has(slug)) return 'is reserved for a page or path of the gateway';
  if (!slugPattern.test(slug)) {
    return 'must be 1 to 63 of a-z, 0-9, ".", "_" and "-", and start with a letter or digit';
  }
  return undefined;
}

/** The form in which slugs are compared and kept. */
export function normalizeSlug(raw: string): string {
  return raw.trim().toLowerCase();
}

/**
 * A slug made from a person's name for a thing; empty if there is no letter a-z and no digit in it. May be reserved.
 */
export function slugFromName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63)
    .replace(/[^a-z0-9]+$/, '');
}
