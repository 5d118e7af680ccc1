// Programs outside npm that some tests run against. Installed on Debian and Ubuntu as root; elsewhere named, and the
// tests that need them skip themselves.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const systemPackages = [
  {
    name: 'chromium',
    binaries: ['chromium', 'chromium-browser', 'google-chrome'],
    usedBy: 'dashboard tests in a browser',
  },
  { name: 'mariadb-server', binaries: ['mariadbd'], usedBy: 'database tests on MariaDB' },
  { name: 'postgresql', isThere: hasPostgres, usedBy: 'database tests on PostgreSQL' },
  {
    name: 'redis-server',
    binaries: ['redis-server', 'valkey-server'],
    usedBy: 'tests of instances that share by Redis',
  },
  { name: 'tinyproxy', binaries: ['tinyproxy'], usedBy: 'tests through an HTTP proxy' },
  { name: 'openssl', binaries: ['openssl'], usedBy: 'tests of TLS through proxies' },
  { name: 'microsocks', binaries: ['microsocks'], usedBy: 'tests through a SOCKS5 proxy' },
  { name: 'nginx-light', binaries: ['nginx'], usedBy: 'tests behind nginx' },
  {
    name: 'python3-prometheus-client',
    files: ['/usr/lib/python3/dist-packages/prometheus_client/parser.py'],
    usedBy: "the test that Prometheus' own parser reads /metrics",
  },
  { name: 'golang-go', binaries: ['go'], usedBy: 'the test of the Helm chart' },
  {
    name: 'golang-github-masterminds-sprig-dev',
    files: ['/usr/share/gocode/src/github.com/Masterminds/sprig/functions.go'],
    usedBy: 'the test of the Helm chart',
  },
  {
    name: 'golang-github-ghodss-yaml-dev',
    files: ['/usr/share/gocode/src/github.com/ghodss/yaml/yaml.go'],
    usedBy: 'the test of the Helm chart',
  },
  { name: 'python3-pip', binaries: ['pip3'], usedBy: "tests with OpenAI's client for Python" },
];

/** Each version has a folder of its own; one with the client alone does not count. */
function hasPostgres() {
  const versions = '/usr/lib/postgresql';
  if (!existsSync(versions)) return false;
  return readdirSync(versions).some((version) => existsSync(join(versions, version, 'bin', 'postgres')));
}

/** Servers live in sbin, which is not on every user's PATH. */
const searchPath = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const isInstalled = ({ binaries = [], files = [], isThere = () => false }) =>
  isThere() ||
  files.some((file) => existsSync(file)) ||
  binaries.some((binary) => searchPath.some((folder) => isExecutable(join(folder, binary))));

const missingPackages = () => systemPackages.filter((entry) => !isInstalled(entry));

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
  if (status !== 0) console.log(`apt-get ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`);
  return status === 0;
}

/** Debian starts a freshly installed server unless this file forbids it. One that is there already is left alone. */
function withoutStartingServices(install) {
  const guard = '/usr/sbin/policy-rc.d';
  if (existsSync(guard)) return install();
  writeFileSync(guard, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Installs what is missing where that is possible. Returns what is still missing. */
export function ensureSystemPackages() {
  const missing = missingPackages();
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (missing.length === 0 || !canInstall) return missing;
  console.log(`  installing ${missing.map(({ name }) => name).join(', ')} with apt-get`);
  withoutStartingServices(() => {
    aptGet('update', '-q');
    // One by one: a package that this release does not have must not keep the others out.
    for (const { name } of missing) aptGet('install', '-y', '-q', '--no-install-recommends', name);
  });
  return missingPackages();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name, usedBy } of ensureSystemPackages()) console.log(`missing: ${name} (${usedBy})`);
}
