import createNextIntlPlugin from 'next-intl/plugin';
import { PHASE_PRODUCTION_BUILD } from 'next/constants.js';

/** @type {import('next').NextConfig} */
const config = {
  // The gateway streams bytes through as they are; compressing here would buffer them.
  compress: false,
  poweredByHeader: false,
  experimental: {
    // The minifier moves functions into the places that use them, where they are made anew by each call: a small
    // request costs an eighth more CPU time. scripts/shrink-server.mjs does the rest of its work.
    serverMinification: false,
    // Pages are loaded when they are first asked for: a gateway that nobody looks at needs no memory for them.
    preloadEntriesOnStart: false,
    // Nothing is sent to pages, so there is nothing to keep for them.
    proxyClientMaxBodySize: '8kb',
  },
  // Images go out as they are, and nothing is written beside the program: its folder may be read-only.
  images: { unoptimized: true, maximumDiskCacheSize: 0 },
  // Paths below /v1 go upstream as they came, with or without a slash at the end.
  skipTrailingSlashRedirect: true,
  // `npm run types` checks the whole tree, tests included; whoever only builds need not wait for it.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    'undici',
    'pino',
    'prom-client',
    'better-sqlite3',
    'mariadb',
    'pg',
    '@pydantic/genai-prices',
  ],
};

/**
 * The parts that the container image is made of, see scripts/stage.mjs; nothing else uses them.
 * @type {import('next').NextConfig}
 */
const standalone = {
  output: 'standalone',
  // server.mjs asks for `next` as a whole, which tracing cannot see.
  // The same is true of a thread of lib/moving-in.
  outputFileTracingIncludes: {
    '/*': [
      './node_modules/next/dist/server/next.js',
      './node_modules/js-yaml/package.json',
      './node_modules/js-yaml/dist/js-yaml.cjs.js',
    ],
  },
};

const withTranslations = createNextIntlPlugin({
  requestConfig: './i18n/request.ts',
  // Texts are parsed when the program is built, not by each browser on each page.
  experimental: { messages: { path: './messages', format: 'json', locales: 'infer', precompile: true } },
});

/** @param {string} phase */
export default function configOf(phase) {
  return withTranslations(phase === PHASE_PRODUCTION_BUILD ? { ...config, ...standalone } : config);
}
