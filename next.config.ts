import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const config: NextConfig = {
  // The gateway streams bytes through as they are; compressing here would buffer them.
  compress: false,
  poweredByHeader: false,
  // Paths below /v1 go upstream as they came, with or without a slash at the end.
  skipTrailingSlashRedirect: true,
  // `npm run types` checks the whole tree, tests included; whoever only builds need not wait for it.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    'undici',
    'pino',
    'better-sqlite3',
    'mariadb',
    '@prisma/client',
    '@prisma/adapter-better-sqlite3',
    '@prisma/adapter-mariadb',
  ],
};

export default createNextIntlPlugin('./i18n/request.ts')(config);
