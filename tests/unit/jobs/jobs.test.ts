import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Jobs, type Job, type JobStatus } from '../../../lib/jobs/jobs';

const START_MS = Date.UTC(2026, 0, 1);
let jobs: Jobs;

afterEach(async () => {
  await jobs.close();
  vi.useRealTimers();
});

/** A job whose runs end when the test says so. */
function heldJob(name = 'held', cron = '0 0 1 1 *') {
  const ends: { resolve(text: string): void; reject(error: unknown): void }[] = [];
  const job: Job = {
    name,
    cron,
    run: () => new Promise((resolve, reject) => void ends.push({ resolve, reject })),
  };
  return { job, ends };
}

function start(list: readonly Job[]) {
  const finished: JobStatus[] = [];
  const clock = { now: START_MS };
  jobs = new Jobs(list, {
    timezone: 'UTC',
    now: () => clock.now,
    onFinished: (status) => void finished.push(status),
  });
  return { finished, clock };
}

it('never runs a job twice at once: whoever asks during a run waits for that one', async () => {
  const { job, ends } = heldJob();
  const { finished } = start([job]);
  const runs = [jobs.run('held'), jobs.run('held'), jobs.run('held')];
  expect(ends).toHaveLength(1);
  ends[0]?.resolve('did it');
  await Promise.all(runs);
  expect(finished).toHaveLength(1);
  const again = jobs.run('held');
  expect(ends).toHaveLength(2);
  ends[1]?.resolve('did it again');
  await again;
  expect(finished).toHaveLength(2);
});

it('never runs a job by its schedule while it is still running', async () => {
  vi.useFakeTimers({ now: START_MS });
  const { job, ends } = heldJob('each-minute', '* * * * *');
  start([job]);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(ends).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(180_000);
  expect(ends).toHaveLength(1);
  ends[0]?.resolve('did it');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ends).toHaveLength(2);
  ends[1]?.resolve('did it');
});

it('lets different jobs run at the same time', async () => {
  const [one, two] = [heldJob('one'), heldJob('two')];
  start([one.job, two.job]);
  const runs = [jobs.run('one'), jobs.run('two')];
  expect([one.ends.length, two.ends.length]).toEqual([1, 1]);
  for (const { ends } of [one, two]) ends[0]?.resolve('did it');
  await Promise.all(runs);
});

it('remembers how the last run went, and knows that one is under way and when the next will be', async () => {
  vi.useFakeTimers({ now: START_MS });
  const { job, ends } = heldJob();
  const { clock } = start([job]);
  expect(jobs.statuses).toEqual([
    {
      name: 'held',
      isRunning: false,
      lastRunAt: undefined,
      lastDurationMs: undefined,
      lastResult: undefined,
      nextRunAt: Date.UTC(2027, 0, 1),
    },
  ]);
  const run = jobs.run('held');
  expect(jobs.statuses[0]?.isRunning).toBe(true);
  clock.now += 1_500;
  ends[0]?.resolve('did it');
  await run;
  expect(jobs.statuses).toEqual([
    {
      name: 'held',
      isRunning: false,
      lastRunAt: START_MS,
      lastDurationMs: 1_500,
      lastResult: { ok: true, text: 'did it' },
      nextRunAt: Date.UTC(2027, 0, 1),
    },
  ]);
});

it('takes a failure as a result, whatever was thrown, and runs again', async () => {
  const { job, ends } = heldJob();
  start([job]);
  for (const [index, thrown] of [new Error('no luck'), 'no luck'].entries()) {
    const run = jobs.run('held');
    ends[index]?.reject(thrown);
    await run;
    expect(jobs.statuses[0]).toMatchObject({ isRunning: false, lastResult: { ok: false, text: 'no luck' } });
  }
});

it('a job that throws before it begins is a failure too, and not the caller’s', async () => {
  start([
    {
      name: 'broken',
      cron: '0 0 1 1 *',
      run: () => {
        throw new Error('at once');
      },
    },
  ]);
  await jobs.run('broken');
  expect(jobs.statuses[0]).toMatchObject({
    isRunning: false,
    lastResult: { ok: false, text: 'at once' },
  });
});

it('closing waits for the run under way', async () => {
  const { job, ends } = heldJob();
  const { finished } = start([job]);
  const run = jobs.run('held');
  const closing = jobs.close().then(() => finished.length);
  ends[0]?.resolve('did it');
  await run;
  expect(await closing).toBe(1);
});

it('nothing begins by its schedule after closing', async () => {
  vi.useFakeTimers({ now: START_MS });
  const { job, ends } = heldJob('each-minute', '* * * * *');
  start([job]);
  await jobs.close();
  await vi.advanceTimersByTimeAsync(180_000);
  expect(ends).toHaveLength(0);
});

describe('a wall clock that jumps ahead and back puts off no run', () => {
  const JUMP_MS = 25 * 3_600_000;

  /** Runs the job at once each time; returns when it ran, in minutes of real time. */
  function startUnderJumps(job: { readonly cron: string } | { readonly intervalMs: () => number }) {
    vi.useFakeTimers({ now: START_MS });
    const ranAt: number[] = [];
    let [minutes, aheadMs] = [0, 0];
    const now = (): number => Date.now() - aheadMs;
    const run = () => Promise.resolve(String(ranAt.push(minutes)));
    jobs = new Jobs([{ name: 'regular', run, ...job }], {
      timezone: 'UTC',
      now,
      wallOf: (at) => at + aheadMs,
      onFinished: () => undefined,
    });
    return {
      ranAt,
      pass: async (count: number) => {
        for (let i = 0; i < count; i++) {
          minutes += 1;
          await vi.advanceTimersByTimeAsync(60_000);
        }
      },
      jump: (ms: number) => {
        vi.setSystemTime(Date.now() + ms);
        aheadMs += ms;
      },
    };
  }

  it.each([
    ['by the clock', { cron: '*/5 * * * *' }],
    ['at an interval', { intervalMs: () => 300_000 }],
  ])('%s', async (_how, job) => {
    const { ranAt, pass, jump } = startUnderJumps(job);
    await pass(7);
    jump(JUMP_MS);
    await pass(7);
    jump(-JUMP_MS);
    await pass(12);
    expect(ranAt.length).toBeGreaterThanOrEqual(4);
    expect(ranAt.length).toBeLessThanOrEqual(6);
    expect(ranAt.at(-1)).toBeGreaterThan(20);
    expect(jobs.statuses[0]?.nextRunAt).toBeLessThanOrEqual(Date.now() + 300_000);
  });
});

describe('a job with an interval', () => {
  const HOUR_MS = 3_600_000;
  let intervalMs: number | undefined;
  let ends: (() => void)[];

  beforeEach(() => {
    vi.useFakeTimers({ now: START_MS });
    intervalMs = HOUR_MS;
    ends = [];
    const run = (): Promise<string> => new Promise((resolve) => void ends.push(() => resolve('did it')));
    jobs = new Jobs([{ name: 'regular', intervalMs: () => intervalMs, run }], {
      timezone: 'UTC',
      now: Date.now,
      onFinished: () => undefined,
    });
  });

  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const nextRunAt = () => jobs.statuses[0]?.nextRunAt;
  const endRun = async () => {
    ends.at(-1)?.();
    await pass(0);
  };

  it('runs an interval after the start, and then each interval after the beginning of the last run', async () => {
    expect(nextRunAt()).toBe(START_MS + HOUR_MS);
    await pass(HOUR_MS - 1);
    expect(ends).toHaveLength(0);
    await pass(1);
    expect(ends).toHaveLength(1);
    await pass(HOUR_MS / 2);
    await endRun();
    expect(nextRunAt()).toBe(START_MS + 2 * HOUR_MS);
    await pass(HOUR_MS / 2);
    expect(ends).toHaveLength(2);
    await endRun();
  });

  it('obeys a changed interval at once', async () => {
    await pass(10_000);
    intervalMs = 20_000;
    expect(nextRunAt()).toBe(START_MS + 20_000);
    await pass(10_000);
    expect(ends).toHaveLength(1);
    await endRun();
  });

  it('is off without one, and can still be run by hand', async () => {
    intervalMs = undefined;
    await pass(10 * HOUR_MS);
    expect(ends).toHaveLength(0);
    expect(nextRunAt()).toBeUndefined();
    const run = jobs.run('regular');
    await endRun();
    await run;
    expect(jobs.statuses[0]?.lastResult).toEqual({ ok: true, text: 'did it' });
  });

  it('never runs more often than every 3.6 s', async () => {
    intervalMs = 1;
    expect(nextRunAt()).toBe(START_MS + 3_600);
    await pass(3_000);
    expect(ends).toHaveLength(0);
    await pass(1_000);
    expect(ends).toHaveLength(1);
    await endRun();
  });

  it('never runs twice at once, and rests after a run that took longer than the interval', async () => {
    intervalMs = 10_000;
    await pass(60_000);
    expect(ends).toHaveLength(1);
    expect(jobs.statuses[0]).toMatchObject({ isRunning: true, nextRunAt: undefined });
    await endRun();
    expect(nextRunAt()).toBe(START_MS + 63_600);
    await pass(3_000);
    expect(ends).toHaveLength(1);
    await pass(1_000);
    expect(ends).toHaveLength(2);
    await endRun();
  });

  it('does not begin after closing, by its interval or by hand', async () => {
    await jobs.close();
    await jobs.run('regular');
    await pass(2 * HOUR_MS);
    expect(ends).toHaveLength(0);
  });
});

it('asking for a job that does not exist does nothing', async () => {
  start([]);
  await expect(jobs.run('nobody')).resolves.toBeUndefined();
});
