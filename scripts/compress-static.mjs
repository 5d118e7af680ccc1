// Compresses what browsers load, once for all: `npm run build` ends with it. The copies lie in .next/compressed, by the
// path under which they are asked for, and lib/http/pages/static-files.ts sends them.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const OUTPUT = '.next/compressed';
const PLACES = [
  { folder: '.next/static', path: '_next/static' },
  { folder: 'public', path: '' },
];
const TEXTS = ['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest', '.xml'];

const inBrotli = promisify(brotliCompress);
const inGzip = promisify(gzip);
const encodings = [
  { extension: 'br', encode: (text) => inBrotli(text, { params: brotliParams(text) }) },
  { extension: 'gz', encode: (text) => inGzip(text, { level: constants.Z_BEST_COMPRESSION }) },
];

await rm(OUTPUT, { recursive: true, force: true });
const files = (await Promise.all(PLACES.map(filesOf))).flat();
await Promise.all(files.map(compress));

function brotliParams(text) {
  return {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  };
}

async function filesOf({ folder, path }) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && TEXTS.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, path: [path, ...relative(folder, file).split(sep)].join('/') }));
}

/** Copies that are no smaller than the file are not kept. */
async function compress({ file, path }) {
  const text = await readFile(file);
  for (const { extension, encode } of encodings) {
    const copy = await encode(text);
    if (copy.length >= text.length) continue;
    const target = join(OUTPUT, `${path}.${extension}`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, copy);
  }
}
