import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultSettings, parseSetting, settingNames, type SettingName } from '../../../lib/config/settings';
import {
  canRender,
  CHART,
  ChartRenderer,
  readYaml,
  type Rendered,
  type Resource,
} from '../../support/helm/chart';
import { objections } from '../../support/helm/kubernetes';
import { tempDir } from '../../support/temp-dir';

type Values = Readonly<Record<string, unknown>>;

const root = resolve(import.meta.dirname, '../../..');
const NAMES = ['default', 'external', 'mysql', 'sqlite'] as const;
const valuesOf = (name: (typeof NAMES)[number]) => readYaml(`ci/${name}-values.yaml`) as Values;
/** Writing everything down may take five seconds, and last words one. */
const WRITE_SECONDS = 6;

const isValid = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(resolve(CHART, 'values.schema.json'), 'utf8')) as object,
);

/** As Helm lays values over the defaults. */
function merged(below: Values, above: Values): Values {
  const both = Object.entries(above).map(([key, value]) => {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, isMap ? merged((below[key] ?? {}) as Values, value as Values) : value];
  });
  return { ...below, ...(Object.fromEntries(both) as Values) };
}

const withDefaults = (values: Values) => merged(readYaml('values.yaml') as Values, values);

interface Container {
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly { readonly secretRef: { readonly name: string } }[];
  readonly ports: readonly { readonly name: string }[];
  readonly securityContext: object;
  readonly resources: { readonly requests?: object; readonly limits?: object };
  readonly [probe: `${string}Probe`]: { readonly httpGet?: { readonly path: string } } | undefined;
}

interface Workload {
  readonly replicas: number;
  readonly serviceName: string;
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly template: {
    readonly metadata: {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };
    readonly spec: {
      readonly terminationGracePeriodSeconds: number;
      readonly securityContext: object;
      readonly containers: readonly Container[];
    };
  };
}

const all = <Spec>({ resources }: Rendered, kind: string) =>
  resources.filter((resource) => resource.kind === kind) as (Resource & { readonly spec: Spec })[];

function gatewayOf(rendered: Rendered) {
  const { spec } = all<Workload>(rendered, 'StatefulSet').find(
    ({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'gateway',
  )!;
  return { spec, container: spec.template.spec.containers[0]! };
}

const secretsOf = (rendered: Rendered, name: string) =>
  rendered.resources.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === name)?.[
    'stringData'
  ] as Record<string, string>;

describe('the values of the chart', () => {
  it.each(NAMES)('may be those of ci/%s-values.yaml', (name) => {
    isValid(withDefaults(valuesOf(name)));
    expect(isValid.errors ?? []).toEqual([]);
  });

  it.each([
    { replicas: 3 },
    { replicaCount: 0 },
    { replicaCount: '3' },
    { database: { type: 'oracle' } },
    { image: { repository: '' } },
    { postgresql: { password: 'an@sign-breaks-addresses' } },
    { valkey: { password: 'short' } },
    { settings: { logLevel: 'INFO' } },
    { settings: { PROXIES: ['a', 'b'] } },
    { storage: { size: 'large' } },
    { ingress: { enabled: 'yes' } },
  ])('may not be %j', (values) => {
    expect(isValid(withDefaults(values))).toBe(false);
  });

  it('have the version of the program', () => {
    const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(readYaml('Chart.yaml')).toMatchObject({ appVersion: version, version });
  });
});

describe.skipIf(!canRender())('the chart', () => {
  let renderer: ChartRenderer;

  beforeAll(async () => {
    const folder = await tempDir('helm');
    renderer = new ChartRenderer(folder.path);
    return () => folder.remove();
  }, 120_000);

  const render = (name: (typeof NAMES)[number]) => renderer.render(valuesOf(name));
  const renderWith = (name: (typeof NAMES)[number], more: Values) =>
    renderer.render(merged(valuesOf(name), more));

  describe.each(NAMES)('with ci/%s-values.yaml', (name) => {
    it('makes nothing that Kubernetes objects to', () => {
      const { resources } = render(name);
      const told = resources.map((resource) => [resource.kind, objections(resource)]);
      const fine = resources.map(({ kind }) => [kind, kind === 'ServiceMonitor' ? undefined : []]);
      expect(told).toEqual(fine);
    });

    it('sets only settings that there are, to values that the program takes', () => {
      const rendered = render(name);
      const { container } = gatewayOf(rendered);
      const own = container.envFrom![0]!.secretRef.name;
      const set = [
        ...container.env!.map((entry): [string, string] => [entry.name, entry.value!]),
        ...Object.entries(secretsOf(rendered, own)),
      ];
      for (const [setting, value] of set) {
        expect(settingNames).toContain(setting);
        expect([setting, parseSetting(setting as SettingName, value)]).toEqual([
          setting,
          expect.objectContaining({ ok: true }),
        ]);
      }
      expect(new Set(set.map(([setting]) => setting)).size).toBe(set.length);
    });

    it('leaves time to stop in order, and asks for pages that there are', () => {
      const { spec, container } = gatewayOf(render(name));
      const settings = (valuesOf(name)['settings'] ?? {}) as Record<string, number>;
      const { DRAIN_SECONDS, SHUTDOWN_TIMEOUT } = { ...defaultSettings, ...settings };
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(
        DRAIN_SECONDS + SHUTDOWN_TIMEOUT + WRITE_SECONDS,
      );
      for (const probe of ['readinessProbe', 'livenessProbe', 'startupProbe'] as const)
        expect(container[probe]?.httpGet?.path).toBe('/health');
    });

    it('runs nothing as root, with a file system that can be written or without bounds', () => {
      for (const { spec } of all<Workload>(render(name), 'StatefulSet')) {
        const { securityContext, containers } = spec.template.spec;
        expect(securityContext).toMatchObject({
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        for (const container of containers) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(container.resources).toMatchObject({ requests: {}, limits: {} });
        }
      }
    });

    it('names pods, services and secrets that there are', () => {
      const rendered = render(name);
      const workloads = all<Workload>(rendered, 'StatefulSet');
      const services = all<{ readonly selector: Record<string, string> }>(rendered, 'Service');
      const serviceNames = services.map(({ metadata }) => metadata.name);
      for (const { spec } of workloads) {
        expect(serviceNames).toContain(spec.serviceName);
        expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
      }
      for (const { spec } of services) {
        const chosen = workloads.filter((workload) =>
          Object.entries(spec.selector).every(
            ([label, value]) => workload.spec.template.metadata.labels[label] === value,
          ),
        );
        expect(chosen).toHaveLength(1);
      }
      const text = JSON.stringify(rendered.resources);
      const asked = [...text.matchAll(/"(?:secretRef|secretKeyRef)":\{"name":"([^"]+)"/g)].map(
        ([, secret]) => secret,
      );
      const known = all(rendered, 'Secret').map(({ metadata }) => metadata.name);
      expect([...known, 'openai-balance-secrets']).toEqual(expect.arrayContaining(asked));
      const hosts = [...text.matchAll(/"service":\{"name":"([^"]+)"/g)].map(([, service]) => service);
      expect(serviceNames).toEqual(expect.arrayContaining(hosts));
    });
  });

  it('is held against the API of Kubernetes, in which each field has its name and its kind', () => {
    const [gateway] = all(render('sqlite'), 'StatefulSet');
    const changed = (text: string, by: string) =>
      objections(JSON.parse(JSON.stringify(gateway).replace(text, by)) as Resource);
    expect(changed('"imagePullPolicy"', '"imagePullPolicies"')).toEqual([
      'unknown field .spec.template.spec.containers.0.imagePullPolicies',
    ]);
    expect(changed('"replicas":1', '"replicas":"1"')).toEqual([
      expect.objectContaining({ instancePath: '/spec/replicas' }),
    ]);
  });

  it('runs three gateways with a PostgreSQL and a Valkey that they share, unless told otherwise', () => {
    const rendered = render('default');
    const { spec, container } = gatewayOf(rendered);
    expect([spec.replicas, container.image]).toEqual([3, `openai-balance:${defaultVersion()}`]);
    expect(all<Workload>(rendered, 'StatefulSet').map(({ metadata }) => metadata.name)).toEqual([
      'release-openai-balance-postgresql',
      'release-openai-balance',
      'release-openai-balance-valkey',
    ]);
    expect(
      all<{ readonly maxUnavailable: number }>(rendered, 'PodDisruptionBudget')[0]?.spec.maxUnavailable,
    ).toBe(1);
    const { REDIS_URL, POSTGRES_PASSWORD } = secretsOf(rendered, 'release-openai-balance');
    expect(REDIS_URL).toBe('redis://:valkey-password@release-openai-balance-valkey:6379/0');
    expect(POSTGRES_PASSWORD).toBe('postgres-password');
    expect(container.env).toContainEqual({
      name: 'POSTGRES_HOST',
      value: 'release-openai-balance-postgresql',
    });
    expect(all(rendered, 'Ingress')).toEqual([]);
  });

  it('brings no database of its own where others are set', () => {
    const rendered = render('external');
    expect(all<Workload>(rendered, 'StatefulSet').map(({ spec }) => spec.replicas)).toEqual([5]);
    expect(gatewayOf(rendered).container.image).toBe('registry.example.com/team/openai-balance:1.2.3');
    const [ingress] = all(rendered, 'Ingress');
    expect(JSON.stringify(ingress)).toContain(
      '"tls":[{"hosts":["balance.example.com"],"secretName":"balance-tls"}]',
    );
    const [monitor] = all(rendered, 'ServiceMonitor');
    expect(monitor!.spec).toMatchObject({
      endpoints: [
        {
          port: 'http',
          path: '/metrics',
          authorization: { credentials: { name: 'release-openai-balance', key: 'METRICS_TOKEN' } },
        },
      ],
    });
    expect(rendered.notes).toContain('https://balance.example.com/');
  });

  it('runs one with SQLite, beside which nothing else is needed', () => {
    const rendered = render('sqlite');
    const { spec, container } = gatewayOf(rendered);
    expect(spec.replicas).toBe(1);
    expect(container.envFrom?.map(({ secretRef }) => secretRef.name)).toContain('openai-balance-secrets');
    const kinds = rendered.resources.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['Secret', 'Service', 'Service', 'StatefulSet']);
  });

  it('replaces the pods when a secret changes, and only then', () => {
    const checksum = (rendered: Rendered) =>
      gatewayOf(rendered).spec.template.metadata.annotations['checksum/secret'];
    const before = checksum(render('default'));
    expect(checksum(render('default'))).toBe(before);
    expect(checksum(renderWith('default', { secrets: { METRICS_TOKEN: 'another' } }))).not.toBe(before);
  });

  it.each([
    [{}, 'secrets.AUTH_TOKEN has to be set'],
    [{ secrets: { AUTH_TOKEN: 'x' } }, 'secrets.ENCRYPTION_KEY has to be set'],
    [{ existingSecret: 'x' }, 'postgresql.password has to be set'],
    [{ existingSecret: 'x', postgresql: { password: 'x' } }, 'valkey.password has to be set'],
    [{ existingSecret: 'x', database: { type: 'sqlite' } }, 'SQLite belongs to one instance'],
  ])('says what is missing or wrong of %j', (values, message) => {
    expect(() => renderer.render(values)).toThrow(message);
  });

  it.each([
    [{ postgresql: { enabled: false } }, 'secrets.DATABASE_URL or settings.POSTGRES_HOST'],
    [{ database: { type: 'mysql' } }, 'settings.MYSQL_HOST has to be set'],
    [{ settings: { DATABASE_TYPE: 'mysql' } }, 'set database.type instead'],
    [{ serviceMonitor: { enabled: true } }, 'secrets.METRICS_TOKEN has to be set'],
  ])('says what is missing or wrong of secrets and %j', (values, message) => {
    expect(() => renderWith('default', values)).toThrow(message);
  });

  const defaultVersion = () => (readYaml('Chart.yaml') as { readonly appVersion: string }).appVersion;
});
