import { afterEach, expect, it, vi } from 'vitest';
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

it('remembers how the last run went, and that one is under way', async () => {
  const { job, ends } = heldJob();
  const { clock } = start([job]);
  expect(jobs.statuses).toEqual([
    {
      name: 'held',
      isRunning: false,
      lastRunAt: undefined,
      lastDurationMs: undefined,
      lastResult: undefined,
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
  expect(jobs.statuses[0]?.lastResult).toEqual({ ok: false, text: 'at once' });
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

it('asking for a job that does not exist does nothing', async () => {
  start([]);
  await expect(jobs.run('nobody')).resolves.toBeUndefined();
});
