import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const stored = new Map<string, string>();

beforeEach(() => {
  stored.clear();
  vi.resetModules();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

const memory = async () => (await import('../../../lib/client/column-memory')).columnMemory;

it('what was chosen is there after a reload, each list for itself, and is the same object until it changes', async () => {
  const first = await memory();
  let told = 0;
  const stop = first.subscribe(() => (told += 1));
  first.write('logs', { cost: true });
  stop();
  first.write('keys', { note: false });
  expect(told).toBe(1);
  vi.resetModules();
  const second = await memory();
  expect([second.read('logs'), second.read('keys')]).toEqual([{ cost: true }, { note: false }]);
  expect(second.read('logs')).toBe(second.read('logs'));
});

it('what is no choice is not taken for one', async () => {
  const kept = await memory();
  for (const text of ['', 'null', '3', '{', '{"cost":"yes"}']) {
    stored.set('columns logs', text);
    expect(kept.read('logs')).toEqual({});
  }
});

it('without storage it lasts as long as the page', async () => {
  const refuse = () => {
    throw new Error('off');
  };
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
  const kept = await memory();
  expect(kept.read('logs')).toEqual({});
  kept.write('logs', { cost: true });
  expect(kept.read('logs')).toEqual({ cost: true });
});
