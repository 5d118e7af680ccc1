import { execFile } from 'node:child_process';
import { chown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage, unprivileged, type Image } from '../../support/image';
import { runAdmin } from '../../support/command';
import { databaseSettings, startDatabaseServers } from '../../support/database-servers';
import type { RunningServer } from '../../support/server';
import { ADMIN_TOKEN, chat, secretKey, TOKEN, useParts } from './support';

const run = promisify(execFile);
/** 250 MB for all; Debian with its C++ library and Node without symbols take 187 of them. */
const APP_MB_MAX = 60;

const parts = useParts();
let image: Image;
const onEachServer = await startDatabaseServers();

beforeAll(async () => {
  image = await buildImage();
}, 300_000);
afterAll(async () => {
  await image.remove();
});

/** Starts the image as nobody, with the environment of its final stage. */
async function start(env: Record<string, string> = {}): Promise<RunningServer> {
  const dataDir = await parts.dataDir();
  if (unprivileged.length > 0) await chown(dataDir, 65534, 65534);
  const upstream = await parts.upstream();
  expect(image.command).toEqual(['node', 'server.mjs']);
  return parts.server({
    rootDir: image.appDir,
    wrapper: unprivileged,
    dataDir,
    env: {
      NODE_ENV: image.env.NODE_ENV ?? '',
      HOST: image.env.HOST ?? '',
      ENV_FILE: join(dataDir, 'settings.env'),
      BASE_URL: upstream.baseUrl,
      API_KEYS: secretKey('aaa'),
      ALLOWED_TOKENS: TOKEN,
      AUTH_TOKEN: ADMIN_TOKEN,
      ...env,
    },
  });
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const isHealthy = (port: number) =>
  run(process.execPath, image.healthcheck.slice(1), {
    env: { NODE_ENV: 'production', PORT: String(port) },
  }).then(
    () => true,
    () => false,
  );

describe('the container image, from its final stage alone and without privileges', () => {
  it('starts, serves, shows its page and ends in order, and writes nowhere but into its data', async () => {
    const before = await filesOf(image.appDir);
    const server = await start();
    if (unprivileged.length > 0) expect((await stat(`/proc/${server.pid}`)).uid).toBe(65534);
    expect((await chat(server.url)).status).toBe(200);
    expect((await chat(server.url, { stream: true })).status).toBe(200);
    const page = await fetch(server.url);
    expect(page.status).toBe(200);
    const [asset] = /\/_next\/static\/[^"]+\.css/.exec(await page.text()) ?? [];
    const style = await fetch(`${server.url}${asset}`, { headers: { 'accept-encoding': 'br' } });
    expect(style.status).toBe(200);
    expect(style.headers.get('content-encoding')).toBe('br');
    expect(await style.text()).toContain('--');
    const metrics = await fetch(`${server.url}/metrics`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect(await metrics.text()).toContain('openai_balance_requests_total');
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(server.stdout()).not.toMatch(/"level":50|EACCES|EROFS|⨯/);
    expect(await filesOf(image.appDir)).toEqual(before);
  });

  it('is found healthy by its own HEALTHCHECK while it runs, and not when it does not', async () => {
    const server = await start();
    expect(image.healthcheck[0]).toBe('node');
    expect(await isHealthy(server.port)).toBe(true);
    await server.stop();
    expect(await isHealthy(server.port)).toBe(false);
  });

  it('runs the commands of the administrator, without TypeScript or a shell', async () => {
    const server = await start();
    const options = { rootDir: image.appDir, wrapper: unprivileged, env: { DATA_DIR: server.dataDir } };
    const added = await runAdmin(['add-keys', 'default'], { ...options, input: secretKey('bbb') });
    expect(added).toEqual({ code: 0, stdout: "1 added to 'default', 0 there already\n", stderr: '' });
    await server.waitForOutput(/changes made elsewhere are in force/);
    expect((await runAdmin(['list-keys'], options)).stdout.match(/active/g)).toHaveLength(2);
  });

  it(`holds no sources and no tools, and takes at most ${APP_MB_MAX} MB`, async () => {
    const files = await filesOf(image.appDir);
    const inside = files.map((file) => file.slice(image.appDir.length + 1));
    expect(
      inside.filter((file) => /^(?!node_modules\/).*\.tsx?$|^lib\/|^tests\/|\.env|^\.git/.test(file)),
    ).toEqual([]);
    const tools =
      /node_modules\/(typescript|tsx|esbuild|prisma|vitest|oxlint[^/]*|knip|sharp|@img|@next\/swc[^/]*)\//;
    expect(inside.filter((file) => tools.test(file))).toEqual([]);
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
    console.log(`the program takes ${megabytes.toFixed(1)} MB of the image`);
    expect(megabytes).toBeLessThanOrEqual(APP_MB_MAX);
  });
});

onEachServer('the container image on $name', (server) => {
  it('has what that database needs', async () => {
    const program = await start(databaseSettings(await server.freshDatabase()));
    expect((await chat(program.url)).status).toBe(200);
    expect(await program.stop()).toEqual({ code: 0, signal: null });
  });
});
