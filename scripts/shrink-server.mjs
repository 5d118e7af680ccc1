// Takes comments and white space out of what Next built for the server: the text of code stays in memory, and makes the
// container image larger. `npm run build` runs it after Next, whose own minifier is off: see next.config.mjs.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { inAscii } from './in-ascii.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const FOLDERS = ['.next/server', '.next/standalone/.next/server'];
const OPTIONS = { minifyWhitespace: true, legalComments: 'none', target: 'node20' };

for (const folder of FOLDERS) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const scripts = entries.filter((entry) => entry.isFile() && extname(entry.name) === '.js');
  await Promise.all(scripts.map((entry) => shrink(join(entry.parentPath, entry.name))));
}

async function shrink(file) {
  const { code } = await transform(await readFile(file, 'utf8'), OPTIONS);
  await writeFile(file, inAscii(code));
}
