import { describe, expect, it } from 'vitest';
import { Stop } from '../../../lib/balancer/stop';

describe('a stop signal', () => {
  it('calls each listener that is still there, once', () => {
    const stop = new Stop();
    const calls: string[] = [];
    const removed = (): void => void calls.push('removed');
    stop.addEventListener('abort', () => calls.push('first'));
    stop.addEventListener('abort', removed);
    stop.addEventListener('abort', () => calls.push('second'));
    stop.removeEventListener('abort', removed);
    expect(stop.aborted).toBe(false);
    stop.abort();
    stop.abort();
    expect(stop.aborted).toBe(true);
    expect(calls).toEqual(['first', 'second']);
  });

  it('lets a listener remove another one while it fires', () => {
    const stop = new Stop();
    const calls: string[] = [];
    const second = (): void => void calls.push('second');
    stop.addEventListener('abort', () => {
      calls.push('first');
      stop.removeEventListener('abort', second);
    });
    stop.addEventListener('abort', second);
    stop.abort();
    expect(calls).toEqual(['first']);
  });

  it('does not mind the removal of what was never added', () => {
    const stop = new Stop();
    stop.removeEventListener('abort', () => undefined);
    stop.abort();
    expect(stop.aborted).toBe(true);
  });
});
