import type { KeyItem } from '../../../lib/admin/contract/keys';
import { keysApi } from '../../../lib/admin/contract/keys';
import { providersApi, type ProviderItem } from '../../../lib/admin/contract/providers';
import type { Endpoint, EndpointAnswer } from '../../../lib/admin/contract/endpoint';
import { keyHint } from '../../../lib/balancer/attribution/key-hint';
import {
  startScriptedUpstream,
  type RecordedRequest,
  type Reply,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { call, type Input } from '../admin/support';
import { ask, type Answer, type AskOptions } from './ask';
import { ADMIN_TOKEN, served, type Program } from './faces';
import type { ErrorLog, Key, RequestLog } from './database';

/** An entry of PROVIDERS_CONFIG; its name, path and base_url are made for it. */
export interface ProviderSpec {
  /** How many, or the weight of each. */
  readonly keys: number | readonly number[];
  /** The test has to wait until a real time is over, which is left to the servers. */
  readonly waits?: boolean;
  /** At first nothing listens at its address; `upstream.accept()` changes that. */
  readonly isDown?: boolean;
  /** Put before the address of the upstream instead of `http`. */
  readonly scheme?: 'https';
  readonly fallbacks?: readonly string[];
  /** Asked when the server starts. */
  readonly proxies?: () => 'direct' | readonly string[];
  readonly enabled?: boolean;
  readonly timeout?: number;
  readonly first_token_timeout?: number;
  readonly max_failures?: number;
  readonly max_retries?: number;
  readonly custom_headers?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, unknown>>;
  readonly selection_policy?: 'round_robin' | 'least_in_flight' | 'weighted' | 'sticky' | 'headroom';
}

export const MODEL = 'gpt-test';

/** A provider of the running server, its keys, and what its upstream says and hears. */
export class StagedProvider {
  readonly keys: readonly string[];
  server!: Program;
  upstream!: ScriptedUpstream;
  #ownUpstream: ScriptedUpstream | undefined;
  #id: string | undefined;

  constructor(
    readonly slug: string,
    private readonly spec: ProviderSpec,
    private readonly slugOf: (name: string) => string,
  ) {
    const count = typeof spec.keys === 'number' ? spec.keys : spec.keys.length;
    this.keys = Array.from({ length: count }, (_, index) => `sk-${slug}-some-long-secret-key${index + 100}`);
  }

  async prepare(shared: ScriptedUpstream): Promise<void> {
    this.upstream = shared;
    if (this.spec.isDown !== true) return;
    this.#ownUpstream = await startScriptedUpstream();
    this.upstream = this.#ownUpstream;
    await this.upstream.refuse();
  }

  async clear(): Promise<void> {
    await this.#ownUpstream?.stop();
  }

  get config(): object {
    const { keys, isDown, scheme = 'http', fallbacks, proxies, ...fields } = this.spec;
    const weights = typeof keys === 'number' ? undefined : keys;
    return {
      ...fields,
      waits: undefined,
      name: isDown === true ? `${this.slug} (down at first)` : this.slug,
      path: this.slug,
      base_url: this.upstream.baseUrl.replace('http', scheme),
      api_keys: this.keys.map((key, index) => ({ key, weight: weights?.[index] ?? 1 })),
      fallbacks: fallbacks?.map(this.slugOf),
      proxies: proxies?.(),
    };
  }

  /** Addresses of the egress proxies that are its own. */
  get proxies(): readonly string[] {
    const proxies = this.spec.proxies?.() ?? 'direct';
    return proxies === 'direct' ? [] : proxies;
  }

  /** Answers the provider's requests in the order of their arrival, whichever key they use; the last reply repeats. */
  replies(...replies: [Reply, ...Reply[]]): void {
    const queue = [...replies];
    const next: Reply = (request, response) => {
      const reply = queue.length > 1 ? queue.shift() : queue[0];
      return reply?.(request, response);
    };
    for (const key of this.keys) this.upstream.forKey(key, next);
  }

  /** Answers the requests that use this key; the last reply repeats. */
  keyReplies(key: number, ...replies: [Reply, ...Reply[]]): void {
    this.upstream.forKey(this.key(key), ...replies);
  }

  key(index: number): string {
    const key = this.keys[index];
    if (key === undefined) throw new Error(`provider ${this.slug} has no key ${index}`);
    return key;
  }

  /** What has reached its upstream, in order. */
  requests(): RecordedRequest[] {
    return this.upstream.requests.filter(({ key }) => key !== undefined && this.keys.includes(key));
  }

  /** Resolves when so many requests have reached its upstream. */
  async hasRequests(count: number): Promise<void> {
    await this.upstream.waitForRequest(() => this.requests().length >= count);
  }

  /** The index of the key of each request that has reached its upstream, in order. */
  asked(): number[] {
    return this.requests().map(({ key }) => this.keys.indexOf(key ?? ''));
  }

  ask(path: string, options?: AskOptions): Promise<Answer> {
    return ask(this.server, `/${this.slug}/v1${path}`, options);
  }

  chat(fields: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.ask('/chat/completions', { body: this.chatBody(fields) });
  }

  stream(fields: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.chat({ stream: true, ...fields });
  }

  chatBody(fields: Readonly<Record<string, unknown>> = {}): object {
    return { model: MODEL, messages: [{ role: 'user', content: 'hi' }], ...fields };
  }

  /** One after the other. */
  async chatTimes(times: number, fields?: Readonly<Record<string, unknown>>): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let time = 0; time < times; time += 1) answers.push(await this.chat(fields));
    return answers;
  }

  /** Asks the admin API. */
  admin<E extends Endpoint>(endpoint: E, input: Input<E>): Promise<EndpointAnswer<E>> {
    return call(served(this.server).url, endpoint, input, ADMIN_TOKEN);
  }

  /** Its live state as the admin API tells it. */
  async item(): Promise<ProviderItem> {
    if (this.#id !== undefined) return this.admin(providersApi.read, { id: this.#id });
    const { items } = await this.admin(providersApi.list, {});
    const item = items.find(({ slug }) => slug === this.slug);
    if (item === undefined) throw new Error(`the admin API knows no provider ${this.slug}`);
    this.#id = item.id;
    return item;
  }

  /** Changes fields as the dashboard does; those that are left out stay. */
  async update(fields: Readonly<Record<string, unknown>>): Promise<void> {
    if (Object.keys(fields).length === 0) return;
    const { id, version } = await this.item();
    await this.admin(providersApi.update, { ...fields, id, version });
  }

  /** The live state of its keys as the admin API tells it, in the order of `keys`. */
  async keyItems(): Promise<KeyItem[]> {
    const { items } = await this.admin(keysApi.list, { provider: this.slug, pageSize: 500 });
    return this.keys.map((secret) => {
      const item = items.find(({ hint }) => hint === keyHint(secret));
      if (item === undefined) throw new Error(`the admin API does not know ${keyHint(secret)}`);
      return item;
    });
  }

  /** What is kept of a key once that satisfies the predicate: state is written a second behind. */
  savedKey(index: number, isAsWanted: (key: Key) => boolean): Promise<Key> {
    return this.server.readKey(this.slug, this.key(index), isAsWanted);
  }

  /** The log's row of the request that got this answer. */
  log(answer: Pick<Answer, 'headers'>): Promise<RequestLog> {
    return this.server.readLog(answer);
  }

  /** The error log's rows of the request that got this answer, once there are so many. */
  errors(answer: Answer, count: number): Promise<ErrorLog[]> {
    return this.server.readErrors(answer, count);
  }
}
