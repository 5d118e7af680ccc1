import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Resource } from './chart';

type Validate = ((data: unknown) => boolean) & { readonly errors?: readonly unknown[] | null };

const require = createRequire(import.meta.url);
const schemas = join(dirname(require.resolve('kubernetes-models')), '_schemas');

const SCHEMAS: Readonly<Record<string, string>> = {
  'v1 Secret': 'IoK8sApiCoreV1Secret',
  'v1 Service': 'IoK8sApiCoreV1Service',
  'apps/v1 StatefulSet': 'IoK8sApiAppsV1StatefulSet',
  'policy/v1 PodDisruptionBudget': 'IoK8sApiPolicyV1PodDisruptionBudget',
  'networking.k8s.io/v1 Ingress': 'IoK8sApiNetworkingV1Ingress',
};

/** What the API of Kubernetes objects to, unknown fields among it; undefined for a kind that it does not have. */
export function objections(resource: Resource): readonly unknown[] | undefined {
  const name = SCHEMAS[`${resource.apiVersion} ${resource.kind}`];
  if (name === undefined) return undefined;
  const { validate } = require(join(schemas, name)) as { readonly validate: Validate };
  const unread: string[] = [];
  const watched = watchedData(resource, '', unread);
  validate(watched.data);
  watched.end();
  return [...(validate.errors ?? []), ...unread.map((path) => `unknown field ${path}`)];
}

/**
 * The schemas let unknown fields pass. But whoever validates reads each field that there is, so what has not been read
 * in the end is unknown.
 */
function watchedData(data: object, path: string, unread: string[]): { readonly data: object; end(): void } {
  const read = new Set<PropertyKey>();
  const below: { end(): void }[] = [];
  const copies = new Map<PropertyKey, unknown>();
  const proxy = new Proxy(data, {
    get(target, key) {
      read.add(key);
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'object' || value === null) return value;
      if (!copies.has(key)) {
        const watched = watchedData(value, `${path}.${String(key)}`, unread);
        copies.set(key, watched.data);
        below.push(watched);
      }
      return copies.get(key);
    },
    ownKeys(target) {
      const keys = Reflect.ownKeys(target);
      keys.forEach((key) => read.add(key));
      return keys;
    },
  });
  return {
    data: proxy,
    end() {
      for (const key of Object.keys(data)) if (!read.has(key)) unread.push(`${path}.${key}`);
      for (const watched of below) watched.end();
    },
  };
}
