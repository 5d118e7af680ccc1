// Generates the Prisma clients for all databases into lib/store/generated. Runs after every `npm install`, so it is
// quick and quiet, does nothing when the output is up to date, and does not fail where the `prisma` package is left out
// (--omit=dev).
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = path.join(ROOT, 'lib/store/generated');
const DATABASES = ['sqlite', 'mysql', 'postgres'];

const schemaOf = (database) => path.join(ROOT, 'prisma', database, 'schema.prisma');
const stampOf = (database) => path.join(OUTPUT, `${database}.stamp`);
const isGenerated = (database) => existsSync(path.join(OUTPUT, database, 'client.ts'));

function findPrisma() {
  try {
    const manifest = createRequire(import.meta.url).resolve('prisma/package.json');
    const { bin, version } = JSON.parse(readFileSync(manifest, 'utf8'));
    return { program: path.join(path.dirname(manifest), bin.prisma), version };
  } catch {
    return undefined;
  }
}

function stamp(database, version) {
  return createHash('sha256')
    .update(version)
    .update(readFileSync(schemaOf(database)))
    .digest('hex');
}

function isCurrent(database, version) {
  return (
    isGenerated(database) &&
    existsSync(stampOf(database)) &&
    readFileSync(stampOf(database), 'utf8') === stamp(database, version)
  );
}

/** Resolves with the exit code and everything printed. */
function run(program, args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    child.stdout.on('data', (chunk) => (printed += chunk));
    child.stderr.on('data', (chunk) => (printed += chunk));
    child.on('error', (error) => resolve({ code: 1, printed: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, printed }));
  });
}

async function generate(database, prisma) {
  if (isCurrent(database, prisma.version)) return true;
  rmSync(path.join(OUTPUT, database), { recursive: true, force: true });
  mkdirSync(OUTPUT, { recursive: true });
  // `prisma generate` asks for a schema engine, which cannot be downloaded on a closed network, and never runs it: any
  // file that exists will do.
  const env = { ...process.env };
  env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
  env.PRISMA_HIDE_UPDATE_MESSAGE = '1';
  const { code, printed } = await run(
    prisma.program,
    ['generate', '--schema', schemaOf(database), '--no-hints'],
    env,
  );
  if (code !== 0 || !isGenerated(database)) {
    console.error(`Generating the ${database} client failed:\n${printed}`);
    return false;
  }
  writeFileSync(stampOf(database), stamp(database, prisma.version));
  return true;
}

const prisma = findPrisma();
if (prisma) {
  const results = await Promise.all(DATABASES.map((database) => generate(database, prisma)));
  if (results.includes(false)) process.exitCode = 1;
} else if (DATABASES.every(isGenerated)) {
  console.log('prisma is not installed; keeping the database clients that are there.');
} else {
  // Not an error: a production image copies a finished build, which holds the clients already.
  console.log(
    'prisma is not installed, so no database clients were generated. Install with dev dependencies to build.',
  );
}
