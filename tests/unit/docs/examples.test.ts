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
    const set = value.replace(/\$\{[^}]*\}/g, 'secret');
    if (!value.startsWith('${')) expect(parseSetting(name as SettingName, set).ok, name).toBe(true);
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

describe('examples/kubernetes-cluster.yaml', () => {
  interface Selector {
    readonly matchLabels: Readonly<Record<string, string>>;
  }
  interface Resources {
    readonly Secret: { readonly stringData: Readonly<Record<string, string>> };
    readonly StatefulSet: {
      readonly spec: {
        readonly serviceName: string;
        readonly replicas: number;
        readonly updateStrategy: { readonly type: string };
        readonly selector: Selector;
        readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[];
        readonly template: {
          readonly metadata: { readonly labels: Readonly<Record<string, string>> };
          readonly spec: {
            readonly terminationGracePeriodSeconds: number;
            readonly containers: readonly { readonly volumeMounts: readonly unknown[] }[];
          };
        };
      };
    };
    readonly PodDisruptionBudget: {
      readonly spec: { readonly maxUnavailable: number; readonly selector: Selector };
    };
    readonly Service: {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly selector: Readonly<Record<string, string>> };
    };
  }
  const resources = parseAllDocuments(read('examples/kubernetes-cluster.yaml')).map(
    (one) => one.toJS() as { readonly kind: string },
  );
  const allOf = <Kind extends keyof Resources>(kind: Kind): readonly Resources[Kind][] =>
    resources.filter((resource) => resource.kind === kind) as unknown as Resources[Kind][];
  const { stringData } = allOf('Secret')[0]!;
  const { spec } = allOf('StatefulSet')[0]!;
  const budget = allOf('PodDisruptionBudget')[0]!.spec;

  it('sets only settings that there are, and what several instances need', () => {
    expectSettings(stringData);
    for (const name of ['ENCRYPTION_KEY', 'DATABASE_URL', 'REDIS_URL'])
      expect(stringData).toHaveProperty(name);
  });

  it('runs three, each with its own folder, which are replaced one at a time and stop in order', () => {
    expect([spec.replicas, spec.updateStrategy.type]).toEqual([3, 'RollingUpdate']);
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(STOP_SECONDS);
    const claims = spec.volumeClaimTemplates.map(({ metadata }) => metadata.name);
    expect(claims).toEqual(['data']);
    expect(spec.template.spec.containers[0]?.volumeMounts).toContainEqual({
      name: 'data',
      mountPath: '/app/data',
    });
    expect(budget.maxUnavailable).toBe(1);
  });

  it('names everywhere the same pods, and services that there are', () => {
    const services = allOf('Service');
    const labels = { app: 'openai-balance' };
    const selectors = [
      spec.selector.matchLabels,
      budget.selector.matchLabels,
      ...services.map((one) => one.spec.selector),
    ];
    expect([spec.template.metadata.labels, ...selectors]).toEqual([labels, labels, labels, labels, labels]);
    const names = services.map(({ metadata }) => metadata.name);
    expect(names).toContain(spec.serviceName);
    const [asked] = /(?<=service:\s+name: )\S+/.exec(read('examples/kubernetes-cluster.yaml')) ?? [];
    expect(names).toContain(asked);
  });
});

describe('examples/compose-cluster.yml', () => {
  interface Service {
    readonly environment: Readonly<Record<string, string>>;
    readonly stop_grace_period: string;
    readonly ports?: readonly string[];
    readonly volumes: readonly string[];
  }
  const { services } = parse(read('examples/compose-cluster.yml'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
  };
  const gateways = Object.keys(services).filter((name) => name.startsWith('gateway-'));

  it('sets only settings that there are, and the same user, password and database on both sides', () => {
    for (const name of gateways) expectSettings(services[name]!.environment);
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DATABASE } = services['gateway-1']!.environment;
    const postgres = { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB: POSTGRES_DATABASE };
    expect(services['postgres']!.environment).toEqual(postgres);
    expect(services['gateway-1']!.environment.REDIS_URL).toContain(':${VALKEY_PASSWORD:?');
  });

  it('runs three, each with its own folder, that leave time to stop in order', () => {
    expect(gateways).toHaveLength(3);
    expect(gateways.map((name) => services[name]!.volumes)).toEqual(
      gateways.map((name) => [`${name}:/app/data`]),
    );
    for (const name of gateways)
      expect(Number.parseInt(services[name]!.stop_grace_period, 10)).toBeGreaterThan(STOP_SECONDS);
  });

  it('has nginx ask each of them, and gives nobody else a port', () => {
    const servers = [...read('examples/nginx-cluster.conf').matchAll(/^ +server ([\w.-]+):(\d+) /gm)];
    expect(servers.map(([, host]) => host)).toEqual(gateways);
    for (const [, , port] of servers) expect(Number(port)).toBe(defaultSettings.PORT);
    expect(services['nginx']!.volumes).toContain('./nginx-cluster.conf:/etc/nginx/conf.d/default.conf:ro');
    expect(Object.keys(services).filter((name) => services[name]!.ports !== undefined)).toEqual(['nginx']);
  });
});

it.each([
  ['examples/nginx.conf', /keepalive_timeout (\d+)s;/],
  ['examples/nginx-cluster.conf', /keepalive_timeout (\d+)s;/],
  ['examples/Caddyfile', /keepalive (\d+)s/],
  ['examples/traefik-routes.yml', /idleConnTimeout: (\d+)s/],
])('%s closes idle connections to the gateway before the gateway does', (path, pattern) => {
  const gatewayMs = Number(
    /keepAliveTimeout: ([\d_]+)/.exec(read('lib/http/public-server.ts'))?.[1]?.replaceAll('_', ''),
  );
  expect(gatewayMs).toBeGreaterThan(0);
  const seconds = Number(pattern.exec(read(path))?.[1]);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds * 1000).toBeLessThan(gatewayMs);
});
