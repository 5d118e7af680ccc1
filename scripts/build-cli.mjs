// Bundles the program itself, its workers and the administrator's commands, so that they run where there is neither
// TypeScript nor what the build needs, and need nothing of Next.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await build({
  entryPoints: {
    'cli/main': 'lib/cli/main.ts',
    'worker/main': 'lib/runtime/workers/main.ts',
    'program/boot': 'lib/runtime/boot.ts',
  },
  outdir: '.next',
  outExtension: { '.js': '.mjs' },
  // What a command or a worker does not need is not loaded.
  splitting: true,
  chunkNames: 'bundled/[name]-[hash]',
  bundle: true,
  // The text of the code stays in memory.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // The same that Next leaves out of its bundles: see serverExternalPackages in next.config.mjs.
  external: ['better-sqlite3', 'mariadb', 'pg'],
  // For bundled packages that are written in CommonJS.
  banner: {
    js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url), __dirname = import.meta.dirname;`,
  },
  logLevel: 'warning',
});
