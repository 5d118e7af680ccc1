import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

const root = resolve(import.meta.dirname, '../../..');
export const CHART = join(root, 'deploy/helm/openai-balance');
/** Where Debian's packages of Go put their sources. */
const GOPATH = '/usr/share/gocode';

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [part: string]: unknown;
}

export interface Rendered {
  readonly resources: readonly Resource[];
  readonly notes: string;
}

export const readYaml = (path: string): unknown => parse(readFileSync(join(CHART, path), 'utf8'));

/** Whether there is what the renderer is built of. */
export function canRender(): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const hasGo = folders.some((folder) => existsSync(join(folder, 'go')));
  return (
    hasGo &&
    ['Masterminds/sprig', 'ghodss/yaml'].every((name) => existsSync(`${GOPATH}/src/github.com/${name}`))
  );
}

/** Renders the chart with what Helm's engine is made of. */
export class ChartRenderer {
  readonly #program: string;
  readonly #valuesFile: string;

  constructor(folder: string) {
    this.#program = join(folder, 'render');
    this.#valuesFile = join(folder, 'values.yaml');
    const source = join(import.meta.dirname, 'render.go');
    execFileSync('go', ['build', '-o', this.#program, source], {
      env: {
        ...process.env,
        GO111MODULE: 'off',
        GOPATH,
        GOFLAGS: '',
        GOTOOLCHAIN: 'local',
        CGO_ENABLED: '0',
        GOCACHE: join(root, 'node_modules/.cache/go'),
      },
    });
  }

  /** Throws what Helm would print where the values cannot work. */
  render(values: unknown): Rendered {
    writeFileSync(this.#valuesFile, JSON.stringify(values));
    const args = [CHART, 'release', this.#valuesFile];
    const { status, stdout, stderr } = spawnSync(this.#program, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const { 'NOTES.txt': notes = '', ...templates } = JSON.parse(stdout) as Record<string, string>;
    const resources = Object.values(templates).flatMap((text) =>
      parseAllDocuments(text, { strict: true }).map((document) => {
        if (document.errors[0] !== undefined) throw document.errors[0];
        return document.toJS() as Resource | null;
      }),
    );
    return { resources: resources.filter((resource) => resource !== null), notes };
  }
}
