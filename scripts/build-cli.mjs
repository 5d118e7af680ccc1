// Bundles the program itself, its workers and the administrator's commands, so that they run where there is neither
// TypeScript nor what the build needs, and need nothing of Next.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { inAscii } from './in-ascii.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** Of some packages a part is enough, which they do not offer by itself. */
const parts = {
  name: 'parts',
  setup({ onResolve, onLoad }) {
    // Neither fetch nor the caches, the mocks and the like.
    const undici = `
      import api from 'undici/lib/api/index.js';
      import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
      // As its own index does.
      Object.assign(Dispatcher.prototype, api);
      export { default as buildConnector } from 'undici/lib/core/connect.js';
      export { default as Pool } from 'undici/lib/dispatcher/pool.js';`;
    // Messages for people who write code, in all languages; English is loaded by itself.
    const locales = `export { default as en } from './en.js';`;
    onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'part' }));
    onLoad({ filter: /^undici$/, namespace: 'part' }, () => ({ contents: undici, resolveDir: '.' }));
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: locales }));
  },
};

const { outputFiles } = await build({
  plugins: [parts],
  write: false,
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
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, inAscii(text));
}
