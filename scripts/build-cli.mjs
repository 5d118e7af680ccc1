// Bundles the administrator's commands, so that they run where there is neither TypeScript nor what the build needs.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await build({
  entryPoints: ['lib/cli/main.ts'],
  outfile: '.next/cli/main.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // The same that Next leaves out of its bundles: see serverExternalPackages in next.config.mjs.
  external: ['better-sqlite3', 'mariadb', 'pg', '@prisma/*'],
  // For bundled packages that are written in CommonJS.
  banner: {
    js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
  },
  logLevel: 'warning',
});
