import { describe, expect, it } from 'vitest';
import {
  emptyLimits,
  emptyUses,
  limitsDraftOf,
  limitsOfDraft,
  limitsProblems,
} from '../../../components/limits/limits-draft';

const LIMITS = {
  requestsPerMinute: 60,
  tokensPerDay: 1_000_000_000_000,
  models: { 'gpt-4o': { concurrency: 1 }, constructor: { requestsPerDay: 2 } },
  dayResetsAt: { time: '07:30', zone: 'Asia/Shanghai' },
};

describe('the fields of limits', () => {
  it('hold what the API gives, and give it back the same', () => {
    expect(limitsOfDraft(limitsDraftOf(LIMITS))).toEqual(LIMITS);
  });

  it('are no limits when all are empty or blank', () => {
    expect(limitsOfDraft(limitsDraftOf(null))).toBeNull();
    expect(limitsOfDraft({ ...emptyLimits, concurrency: ' ' })).toBeNull();
  });

  it('take blanks around what was typed, and midnight for a zone alone', () => {
    const model = { ...emptyUses, model: ' gpt ', concurrency: ' 2 ' };
    expect(limitsOfDraft({ ...emptyLimits, models: [model], dayZone: ' UTC ' })).toEqual({
      models: { gpt: { concurrency: 2 } },
      dayResetsAt: { time: '00:00', zone: 'UTC' },
    });
  });

  it.each(['0', '-1', '1.5', '1e3', '0x10', 'abc', '1,000', '9999999999999'])(
    'say that %s is no limit, each at its own place',
    (text) => {
      const draft = {
        ...emptyLimits,
        tokensPerDay: text,
        models: [{ ...emptyUses, model: 'm', concurrency: text }],
      };
      expect(limitsProblems(draft)).toEqual({ tokensPerDay: 'number', 'models.0.concurrency': 'number' });
    },
  );

  it('say which model has no name, and which is there twice', () => {
    const named = (model: string) => ({ ...emptyUses, model });
    expect(limitsProblems({ ...emptyLimits, models: [named('a'), named(' '), named(' a')] })).toEqual({
      'models.1.model': 'modelMissing',
      'models.2.model': 'modelTwice',
    });
  });

  it.each<[string, string, object]>([
    ['', '', {}],
    ['23:59', 'UTC', {}],
    ['24:00', 'UTC', { dayTime: 'time' }],
    ['7:00', 'Mars/Base', { dayTime: 'time', dayZone: 'zone' }],
    ['07:00', '', { dayZone: 'zoneMissing' }],
  ])('say of the day that begins at %j in %j: %j', (dayTime, dayZone, problems) => {
    expect(limitsProblems({ ...emptyLimits, dayTime, dayZone })).toEqual(problems);
  });
});
