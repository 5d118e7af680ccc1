import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptQuery, withKept } from '../../../lib/client/url-state';
import { viewMemory } from '../../../lib/client/view-memory';

const defaults = { status: '', sort: 'createdAt', key: '' };

describe('what is kept of an address', () => {
  test('is what differs from the defaults, in one order, without the drawer and names of others', () => {
    const search = new URLSearchParams('other=1&key=k1&sort=hint&status=cooling');
    expect(keptQuery(search, defaults, ['key'])).toBe('status=cooling&sort=hint');
    expect(keptQuery(new URLSearchParams('sort=createdAt'), defaults, ['key'])).toBe('');
  });

  test('comes back to an address that names no filter, beside a drawer', () => {
    const back = (query: string) =>
      withKept(new URLSearchParams(query), defaults, ['key'], 'status=cooling&key=old').toString();
    expect(back('')).toBe('status=cooling');
    expect(back('key=k1&other=1')).toBe('key=k1&other=1&status=cooling');
  });

  test('never touches an address that names a filter, also the default', () => {
    const back = (query: string) => withKept(new URLSearchParams(query), defaults, ['key'], 'status=cooling');
    expect(back('sort=hint').toString()).toBe('sort=hint');
    expect(back('status=').toString()).toBe('status=');
  });
});

describe('the memory of views', () => {
  class FakeStorage {
    readonly values = new Map<string, string>();
    get length() {
      return this.values.size;
    }
    key = (index: number) => [...this.values.keys()][index] ?? null;
    getItem = (name: string) => this.values.get(name) ?? null;
    setItem = (name: string, value: string) => void this.values.set(name, value);
    removeItem = (name: string) => void this.values.delete(name);
  }
  let storage: FakeStorage;
  const before = Object.getOwnPropertyDescriptor(globalThis, 'sessionStorage');
  const use = (value: unknown) =>
    Object.defineProperty(globalThis, 'sessionStorage', { value, configurable: true, writable: true });

  beforeEach(() => {
    viewMemory.forget();
    use((storage = new FakeStorage()));
  });
  afterEach(() => {
    viewMemory.forget();
    if (before === undefined) Reflect.deleteProperty(globalThis, 'sessionStorage');
    else Object.defineProperty(globalThis, 'sessionStorage', before);
  });

  test('gives each page its own, and tells who listens', () => {
    let told = 0;
    const stop = viewMemory.subscribe(() => (told += 1));
    viewMemory.keep('/keys', 'status=cooling');
    viewMemory.keep('/keys', 'status=cooling');
    stop();
    expect(told).toBe(1);
    expect(viewMemory.hrefOf('/keys')).toBe('/keys?status=cooling');
    expect(viewMemory.hrefOf('/logs')).toBe('/logs');
  });

  test('a view without filters leaves nothing behind', () => {
    viewMemory.keep('/keys', 'status=cooling');
    viewMemory.keep('/keys', '');
    expect(viewMemory.hrefOf('/keys')).toBe('/keys');
    expect(storage.length).toBe(0);
  });

  test('forgets its own and leaves the rest of the storage', () => {
    storage.setItem('theme', 'dark');
    viewMemory.keep('/keys', 'status=cooling');
    viewMemory.keep('/logs', 'tab=errors');
    viewMemory.forget();
    expect([...storage.values.keys()]).toEqual(['theme']);
    expect(viewMemory.hrefOf('/logs')).toBe('/logs');
  });

  test('lasts without storage too', () => {
    use(undefined);
    viewMemory.keep('/keys', 'status=cooling');
    expect(viewMemory.hrefOf('/keys')).toBe('/keys?status=cooling');
  });
});
