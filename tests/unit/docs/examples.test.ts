import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { defaultSettings, parseSetting, settingNames, type SettingName } from '../../../lib/config/settings';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');

const { DRAIN_SECONDS, SHUTDOWN_TIMEOUT } = defaultSettings;
/** Writing everything down may take five seconds, and last words one. */
const STOP_SECONDS = DRAIN_SECONDS + SHUTDOWN_TIMEOUT + 6;

/** Settings that there are, with values that the program takes. */
function expectSettings(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    expect(settingNames).toContain(name);
    if (!value.startsWith('${')) expect(parseSetting(name as SettingName, value).ok, name).toBe(true);
  }
}

describe('examples/openai-balance.service', () => {
  const unit = read('examples/openai-balance.service');
  const valueOf = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

  it('sets only settings that there are', () => {
    const set = [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]);
    const { NODE_ENV, ENV_FILE, ...settings } = Object.fromEntries(set) as Record<string, string>;
    expect(NODE_ENV).toBe('production');
    expect(ENV_FILE).toMatch(/^\//);
    expectSettings(settings);
  });

  it('starts the production server as a user of its own, and leaves time to stop in order', () => {
    expect(valueOf('ExecStart')).toMatch(/node server\.mjs$/);
    expect(valueOf('User')).not.toBe('root');
    expect(Number(valueOf('TimeoutStopSec'))).toBeGreaterThan(STOP_SECONDS);
  });

  it('lets the program write into the folder of its data', () => {
    expect(unit).toContain('Environment=DATA_DIR=/var/lib/openai-balance');
    expect(valueOf('StateDirectory')).toBe('openai-balance');
  });
});

describe('examples/kubernetes.yaml', () => {
  interface Resource {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly stringData?: Readonly<Record<string, string>>;
    readonly spec: {
      readonly replicas: number;
      readonly strategy: { readonly type: string };
      readonly template: { readonly spec: PodSpec };
    };
  }
  interface PodSpec {
    readonly terminationGracePeriodSeconds: number;
    readonly securityContext: { readonly runAsUser: number };
    readonly containers: readonly {
      readonly ports: readonly { readonly containerPort: number }[];
      readonly volumeMounts: readonly { readonly mountPath: string }[];
    }[];
  }
  const resources = parseAllDocuments(read('examples/kubernetes.yaml')).map((one) => one.toJS() as Resource);
  const byKind = new Map(resources.map((resource) => [resource.kind, resource]));

  it('sets only settings that there are', () => {
    expectSettings(byKind.get('Secret')?.stringData ?? {});
  });

  it('runs one gateway as the image wants it, and leaves time to stop in order', () => {
    const { replicas, strategy, template } = byKind.get('Deployment')!.spec;
    expect([replicas, strategy.type]).toEqual([1, 'Recreate']);
    const { terminationGracePeriodSeconds, securityContext, containers } = template.spec;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(STOP_SECONDS);
    expect(read('Dockerfile')).toContain(`USER ${securityContext.runAsUser}:`);
    const [gateway] = containers;
    expect(gateway?.ports[0]?.containerPort).toBe(defaultSettings.PORT);
    expect(gateway?.volumeMounts.map(({ mountPath }) => mountPath)).toContain('/app/data');
  });
});

describe('examples/compose-mysql.yml', () => {
  interface Service {
    readonly environment: Readonly<Record<string, string>>;
    readonly stop_grace_period?: string;
    readonly ports?: readonly string[];
    readonly volumes: readonly string[];
  }
  const { services } = parse(read('examples/compose-mysql.yml')) as {
    readonly services: Readonly<Record<'caddy' | 'gateway' | 'mysql', Service>>;
  };

  it('sets only settings that there are, and the same user and database on both sides', () => {
    const { gateway, mysql } = services;
    expectSettings(gateway.environment);
    for (const name of ['MYSQL_USER', 'MYSQL_PASSWORD', 'MYSQL_DATABASE'])
      expect(mysql.environment[name]).toBe(gateway.environment[name]);
  });

  it('gives Caddy what its example asks for, and nobody else a port', () => {
    const asked = [...read('examples/Caddyfile').matchAll(/\{\$(\w+):/g)].map(([, name = '']) => name);
    expect(Object.keys(services.caddy.environment).sort()).toEqual(asked.sort());
    expect(services.caddy.volumes).toContain('./Caddyfile:/etc/caddy/Caddyfile:ro');
    expect([services.gateway.ports, services.mysql.ports]).toEqual([undefined, undefined]);
  });

  it('leaves time to stop in order', () => {
    expect(Number.parseInt(services.gateway.stop_grace_period ?? '', 10)).toBeGreaterThan(STOP_SECONDS);
  });
});

it.each([
  ['examples/nginx.conf', /keepalive_timeout (\d+)s;/],
  ['examples/Caddyfile', /keepalive (\d+)s/],
  ['examples/traefik-routes.yml', /idleConnTimeout: (\d+)s/],
])('%s closes idle connections to the gateway before the gateway does', (path, pattern) => {
  const gatewayMs = Number(/keepAliveTimeout: ([\d_]+)/.exec(read('server.mjs'))?.[1]?.replaceAll('_', ''));
  expect(gatewayMs).toBeGreaterThan(0);
  const seconds = Number(pattern.exec(read(path))?.[1]);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds * 1000).toBeLessThan(gatewayMs);
});
