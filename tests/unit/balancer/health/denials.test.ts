import { describe, expect, it } from 'vitest';
import { Denials } from '../../../../lib/balancer/health/denials';
import { keyState, START_MS as NOW } from '../support';

describe('denials', () => {
  const [a, b] = [keyState('a'), keyState('b')];

  it('are known of a key and a model for ten minutes', () => {
    const denials = new Denials();
    denials.add(a, 'gpt-4o', NOW);
    expect(denials.has(a, 'gpt-4o', NOW)).toBe(true);
    expect(denials.has(a, 'gpt-4o', NOW + 599_999)).toBe(true);
    expect(denials.has(a, 'gpt-4o', NOW + 600_000)).toBe(false);
    expect(denials.has(a, 'o3', NOW)).toBe(false);
    expect(denials.has(b, 'gpt-4o', NOW)).toBe(false);
  });

  it('are known for ten minutes more when they are told again', () => {
    const denials = new Denials();
    denials.add(a, 'gpt-4o', NOW);
    denials.add(a, 'gpt-4o', NOW + 300_000);
    expect(denials.has(a, 'gpt-4o', NOW + 899_999)).toBe(true);
  });

  it('are removed for one model of one key', () => {
    const denials = new Denials();
    for (const key of [a, b]) for (const model of ['x', 'y']) denials.add(key, model, NOW);
    denials.remove(a, 'x');
    denials.remove(a, 'no such model');
    const known = [a, b].map((key) => ['x', 'y'].filter((model) => denials.has(key, model, NOW)).join(''));
    expect(known).toEqual(['y', 'xy']);
  });

  it('are forgotten for all models of a key, and of no other', () => {
    const denials = new Denials();
    for (const key of [a, b]) for (const model of ['x', 'y']) denials.add(key, model, NOW);
    denials.forget(a);
    const known = [a, b].map((key) => ['x', 'y'].filter((model) => denials.has(key, model, NOW)).join(''));
    expect(known).toEqual(['', 'xy']);
  });

  it('are kept for two hundred models at most, however many names clients make up', () => {
    const denials = new Denials();
    for (let i = 0; i < 200; i++) denials.add(a, `m${i}`, NOW);
    denials.add(b, 'm0', NOW);
    expect(denials.has(a, 'm0', NOW)).toBe(true);
    expect(denials.has(a, 'm199', NOW)).toBe(true);
    denials.add(a, 'one more', NOW);
    expect(denials.has(a, 'one more', NOW)).toBe(true);
    expect(denials.has(a, 'm0', NOW)).toBe(false);
    expect(denials.has(a, 'm199', NOW)).toBe(true);
  });

  it('make room for other models when they are removed', () => {
    const denials = new Denials();
    denials.add(b, 'kept', NOW);
    for (let i = 0; i < 1_000; i++) {
      denials.add(a, `m${i}`, NOW);
      denials.remove(a, `m${i}`);
    }
    expect(denials.has(b, 'kept', NOW)).toBe(true);
  });
});
