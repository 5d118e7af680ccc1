// Lays out what the container image runs, from a finished build:  node scripts/stage.mjs <folder>
// The Dockerfile copies that folder and nothing else, and the tests run it, so what they prove is what ships.
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const [target] = process.argv.slice(2);
if (target === undefined) fail('usage: node scripts/stage.mjs <folder>');
if (existsSync(target) && readdirSync(target).length > 0) fail(`${target} is not empty`);
if (!existsSync('.next/standalone')) fail('there is no build: run "npm run build" first');

/** Image tools, which nothing asks for: images are served as they are. */
const NOT_NEEDED = ['node_modules/@img', 'node_modules/sharp'];

mkdirSync(target, { recursive: true });
for (const part of ['.next', 'node_modules', 'package.json']) copy(join('.next/standalone', part), part);
copy('.next/static', '.next/static');
copy('.next/compressed', '.next/compressed');
for (const part of ['cli', 'worker', 'program', 'bundled']) copy(`.next/${part}`, `.next/${part}`);
copy('prisma/migrations', 'prisma/migrations');
copy('server.mjs', 'server.mjs');
copy('admin.mjs', 'admin.mjs');
if (existsSync('public')) copy('public', 'public');

function copy(from, to) {
  cpSync(from, join(target, to), {
    recursive: true,
    // Next links packages by their build-time names; the links stay as they are.
    verbatimSymlinks: true,
    filter: (path) => {
      const inside = join(to, relative(from, path));
      return !NOT_NEEDED.some((folder) => inside === folder || inside.startsWith(folder + sep));
    },
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
