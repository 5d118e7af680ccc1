import { expect, it } from 'vitest';
import type { Message } from '../../../lib/cluster/messages';
import { messagesOf } from '../../../lib/cluster/messages';
import { SharedSpending } from '../../../lib/cluster/shared-spending';

const DAY = 'day 2026-11-30';
const told = (total: number, written: number, reserved = 0, period = DAY) => ({
  kind: 'spent' as const,
  tokenId: 'a',
  period,
  total: [total, 0, 0] as const,
  written: [written, 0, 0] as const,
  reserved: [reserved, 0, 0] as const,
});

function bench() {
  const sent: (() => Message)[] = [];
  const own = { period: DAY, total: [7, 1, 1], written: [5, 1, 1], reserved: [2, 0, 0] } as const;
  const spending = new SharedSpending({ own: () => own, send: (_name, make) => void sent.push(make) });
  return { spending, sent, elsewhere: (period = DAY) => spending.elsewhere('a', period) };
}

it('counts what another has spent and cannot have been read, until it was written and read', () => {
  const { spending, elsewhere } = bench();
  spending.take(told(100, 100), 'b');
  expect(elsewhere().spent[0]).toBe(0);
  spending.take(told(130, 100, 4), 'b');
  expect([elsewhere().spent[0], elsewhere().reserved[0]]).toEqual([30, 4]);
  spending.take(told(130, 100, 4), 'b');
  expect(elsewhere().spent[0]).toBe(30);
  spending.take(told(130, 130), 'b');
  expect(elsewhere().spent[0]).toBe(30);
  expect(elsewhere().hasNews).toBe(true);
  spending.reading();
  expect(elsewhere().spent[0]).toBe(30);
  spending.take(told(130, 130), 'b');
  spending.read();
  expect(elsewhere()).toMatchObject({ spent: [0, 0, 0], read: [130, 0, 0], hasNews: false });
  spending.take(told(140, 130), 'b');
  spending.take(told(3, 0), 'c');
  expect(elsewhere().spent[0]).toBe(13);
  spending.live(new Set(['c']));
  expect(elsewhere().spent[0]).toBe(3);
});

it('counts nothing of another period', () => {
  const { spending, elsewhere } = bench();
  spending.take(told(100, 0), 'b');
  expect(elsewhere('day 2026-12-01').spent[0]).toBe(0);
  spending.take(told(5, 0, 0, 'day 2026-12-01'), 'b');
  expect(elsewhere('day 2026-12-01').spent[0]).toBe(5);
});

it('tells what has been spent here so far, in a message that others understand', () => {
  const { spending, sent } = bench();
  spending.tell('a');
  spending.tellAll();
  const messages = sent.map((make) => make());
  expect(messages).toHaveLength(2);
  expect(messagesOf(JSON.stringify(messages))).toEqual(messages);
  expect(messages[0]).toMatchObject({ kind: 'spent', tokenId: 'a', total: [7, 1, 1], written: [5, 1, 1] });
});
