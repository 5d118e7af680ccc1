/** Where a provider, a key or a proxy comes from. */
export type ConfigSource = 'environment' | 'dashboard';
