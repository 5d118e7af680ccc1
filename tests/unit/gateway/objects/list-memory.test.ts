import { expect, it } from 'vitest';
import { BodyBudget } from '../../../../lib/gateway/body/body-budget';
import { ListMemory } from '../../../../lib/gateway/objects/list-memory';
import { systemTimers } from '../../../../lib/process/system-ports';

const MB = 2 ** 20;
const budgetOf = (bytes: number) => new BodyBudget(bytes, systemTimers);

it('takes its memory from that for all bodies, and never waits for it', () => {
  const budget = budgetOf(8 * MB);
  const memory = new ListMemory(budget.share());
  expect(memory.take(6 * MB)).toBe(true);
  expect(budget.held).toBe(6 * MB);
  expect(memory.take(4 * MB)).toBe(false);
  expect(budget.waiting).toBe(0);
  expect(new ListMemory(budget.share()).take(6 * MB)).toBe(false);
  expect(budget.waiting).toBe(0);
  memory.giveBack(4 * MB);
  expect(memory.take(MB)).toBe(true);
});

it('of one list is limited, however much there is', () => {
  const memory = new ListMemory(budgetOf(1024 * MB).share());
  expect(memory.take(120 * MB)).toBe(true);
  expect(memory.take(10 * MB)).toBe(false);
});

it('keeps only what goes out', () => {
  const budget = budgetOf(64 * MB);
  const memory = new ListMemory(budget.share());
  memory.take(20 * MB);
  memory.keep(2 * MB);
  expect(budget.held).toBe(2 * MB);
});
