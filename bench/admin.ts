import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_TOKEN, type Contender } from './contenders';

/** More are refused. */
const TOKENS_AT_ONCE = 1_000;

/** A gateway's admin API, as scripts use it. */
export class Admin {
  readonly #base: string;

  constructor(gateway: Contender) {
    this.#base = `http://127.0.0.1:${gateway.target('plain', '').port}/api/admin`;
  }

  /** Resolves when the last key is in force. */
  async importKeys(provider: string, keys: readonly string[]): Promise<void> {
    const answer = await this.#ask<{ task: { id: string } }>('POST', '/keys/import', {
      provider,
      text: keys.join('\n'),
    });
    for (;;) {
      const { state } = await this.#ask<{ state: string }>('GET', `/tasks/${answer.task.id}`);
      if (state === 'succeeded') return;
      if (state !== 'running') throw new Error(`the import is ${state}`);
      await sleep(50);
    }
  }

  /** Client tokens; those that are there already stay as they are. */
  async importTokens(tokens: readonly object[]): Promise<void> {
    for (let at = 0; at < tokens.length; at += TOKENS_AT_ONCE) {
      await this.#ask('POST', '/tokens/import', { tokens: tokens.slice(at, at + TOKENS_AT_ONCE) });
    }
  }

  /** One page of the keys. */
  async listKeys(page: number, sort: string): Promise<{ readonly total: number; readonly ms: number }> {
    const startedAt = performance.now();
    const { total } = await this.#ask<{ total: number }>(
      'GET',
      `/keys?provider=default&page=${page}&pageSize=50&sort=${sort}&order=desc`,
    );
    return { total, ms: performance.now() - startedAt };
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.#base + path, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
