import { describe, expect, it } from 'vitest';
import { Line } from '../../../../lib/balancer/waiting/line';

interface Item {
  readonly client: string;
  readonly number: number;
  readonly deadline: number;
}

function lineOf(clients: string): { readonly line: Line<Item>; readonly items: readonly Item[] } {
  const line = new Line<Item>();
  const items = [...clients].map((client, number) => ({ client, number, deadline: 100 + number }));
  for (const item of items) line.add(item);
  return { line, items };
}

function serveAll(line: Line<Item>): string {
  let order = '';
  for (let first = line.first; first !== undefined; first = line.first) {
    order += `${first.client}${first.number} `;
    line.remove(first);
    line.hadTurn(first.client);
  }
  return order.trim();
}

describe('a line', () => {
  it('is served by turns between clients, and of one in the order of arrival', () => {
    expect(serveAll(lineOf('aaaabbc').line)).toBe('a0 b4 c6 a1 b5 a2 a3');
  });

  it('lets a client that comes again while it waits have no second turn before the others', () => {
    const { line, items } = lineOf('ab');
    line.remove(items[0] as Item);
    line.hadTurn('a');
    line.add({ client: 'a', number: 9, deadline: 200 });
    expect(serveAll(line)).toBe('b1 a9');
  });

  it('is served by priority, and within one by turns', () => {
    const line = new Line<Item & { readonly priority?: number }>();
    const priorities: Readonly<Record<string, number>> = { b: 5, c: 5, d: -1 };
    for (const [number, client] of [...'adabbc'].entries()) {
      line.add({ client, number, deadline: 100 + number, priority: priorities[client] ?? 0 });
    }
    expect(serveAll(line)).toBe('b3 c5 b4 a0 a2 d1');
    line.add({ client: 'a', number: 7, deadline: 100 });
    line.add({ client: 'd', number: 8, deadline: 100 });
    expect(serveAll(line)).toBe('a7 d8');
  });

  it('keeps the turns of the others when one leaves', () => {
    const { line, items } = lineOf('aabbc');
    line.remove(items[0] as Item);
    line.remove(items[0] as Item);
    line.remove(items[4] as Item);
    expect(line.size).toBe(3);
    expect(serveAll(line)).toBe('a1 b2 b3');
    expect(line.size).toBe(0);
    expect(line.firstDeadline).toBe(Infinity);
  });

  it('tells whose time is over', () => {
    const { line } = lineOf('abab');
    expect(line.firstDeadline).toBe(100);
    expect([...line.expired(101)].map(({ number }) => number)).toEqual([0, 1]);
    expect([...line.expired(99)]).toEqual([]);
  });

  it('tells whose time is over where one who came later may wait less long', () => {
    const { line, items } = lineOf('aa');
    line.add({ client: 'a', number: 9, deadline: 50 });
    expect(line.firstDeadline).toBe(50);
    expect([...line.expired(60)].map(({ number }) => number)).toEqual([9]);
    for (const item of items) line.remove(item);
    expect(line.firstDeadline).toBe(50);
  });
});
