import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Tasks, type Task, type TaskPlan, type TaskStatus } from '../../../lib/tasks/tasks';

const START_MS = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

let now: number;
let listenerErrors: unknown[];
let tasks: Tasks;

beforeEach(() => {
  now = START_MS;
  listenerErrors = [];
  tasks = new Tasks({ now: () => now, onListenerError: (error) => void listenerErrors.push(error) });
});

/** A task whose work ends when the test says so. */
function held(plan: Partial<TaskPlan> = {}) {
  let task: Task | undefined;
  let resolve: (result?: unknown) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const id = tasks.start({
    kind: 'test',
    label: 'Test',
    run: (given) => {
      task = given;
      return new Promise((...ends) => ([resolve, reject] = ends));
    },
    ...plan,
  });
  if (task === undefined) throw new Error('the task did not begin');
  return { id, task, end: (result?: unknown) => resolve(result), fail: (error: unknown) => reject(error) };
}

const quick = (run: TaskPlan['run'] = () => Promise.resolve()) =>
  tasks.finished(tasks.start({ kind: 'test', label: 'Test', run }));

describe('a task', () => {
  it('begins at once and is shown with its progress, its counts and what it is at', () => {
    const { id, task } = held({ label: 'Count to three', total: 3 });
    task.progress(1, 'one');
    task.count('odd');
    task.progress(2);
    task.count('even', 5);
    expect(tasks.get(id)).toEqual({
      id,
      kind: 'test',
      label: 'Count to three',
      state: 'running',
      done: 2,
      total: 3,
      detail: 'one',
      counts: { odd: 1, even: 5 },
      startedAt: START_MS,
      finishedAt: undefined,
      result: undefined,
      error: undefined,
    });
  });

  it('ends as succeeded with a copy of its result', async () => {
    const { id, end } = held();
    now += 1_500;
    const result = { list: [1] };
    end(result);
    await tasks.finished(id);
    result.list.push(2);
    expect(tasks.get(id)).toMatchObject({
      state: 'succeeded',
      result: { list: [1] },
      finishedAt: START_MS + 1_500,
    });
  });

  it.each([
    ['an error', new Error('the disk is full'), 'the disk is full'],
    ['a text', 'no luck', 'no luck'],
    ['nothing at all', undefined, 'failed without saying why'],
  ])('that throws %s ends as failed and says why', async (_what, thrown, error) => {
    const { id, fail } = held();
    fail(thrown);
    expect(await tasks.finished(id)).toMatchObject({ state: 'failed', error });
  });

  it('that throws before its first step ends as failed too, and not at whoever started it', async () => {
    const status = await quick(() => {
      throw new Error('at once');
    });
    expect(status).toMatchObject({ state: 'failed', error: 'at once' });
  });

  it('whose result JSON cannot hold ends as failed', async () => {
    const status = await quick(() => Promise.resolve({ big: 1n }));
    expect(status?.state).toBe('failed');
    expect(status?.error).toMatch(/BigInt/);
  });

  it('that is over does not change any more', async () => {
    const { id, task, end } = held();
    end('whole');
    const last = await tasks.finished(id);
    task.progress(99);
    task.count('late');
    expect(tasks.get(id)).toBe(last);
  });
});

describe('cancelling', () => {
  it('fires the signal, and the task is cancelled once its work has ended, with what it had by then', async () => {
    const { id, task, end } = held();
    expect(tasks.cancel(id)).toBe(true);
    expect(task.signal.aborted).toBe(true);
    expect(tasks.get(id)?.state).toBe('cancelling');
    end({ half: true });
    expect(await tasks.finished(id)).toMatchObject({ state: 'cancelled', result: { half: true } });
  });

  it('takes the signal’s own error for a cancelled task, and any other for a failed one', async () => {
    const obedient = held();
    tasks.cancel(obedient.id);
    obedient.fail(obedient.task.signal.reason);
    expect((await tasks.finished(obedient.id))?.state).toBe('cancelled');

    const broken = held();
    tasks.cancel(broken.id);
    broken.fail(new Error('broken'));
    expect(await tasks.finished(broken.id)).toMatchObject({ state: 'failed', error: 'broken' });
  });

  it('may be listened for by as many parts of the work as there are', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const { signal } = held().task;
    for (let i = 0; i < 20; i += 1) signal.addEventListener('abort', () => undefined);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('says no to what is over or unknown', async () => {
    const status = await quick();
    expect(tasks.cancel(status?.id ?? '')).toBe(false);
    expect(tasks.cancel('nobody')).toBe(false);
    expect(await tasks.finished('nobody')).toBeUndefined();
  });
});

describe('the list', () => {
  it('has the newest first', () => {
    const ids = [held().id, held().id, held().id];
    expect(tasks.list().map(({ id }) => id)).toEqual(ids.reverse());
  });

  it('keeps what is over for an hour', async () => {
    const status = await quick();
    now += HOUR_MS - 1;
    expect(tasks.list()).toEqual([status]);
    now += 1;
    expect(tasks.get(status?.id ?? '')).toBeUndefined();
    expect(tasks.list()).toEqual([]);
  });

  it('keeps at most 100 that are over, the latest, and never forgets what is running', async () => {
    const running = held();
    const ids: (string | undefined)[] = [];
    for (let i = 0; i < 105; i += 1) {
      now += 1;
      ids.push((await quick())?.id);
    }
    now += 2 * HOUR_MS;
    const last = await quick();
    expect(tasks.list().map(({ id }) => id)).toEqual([last?.id, running.id]);

    now -= 2 * HOUR_MS;
    for (let i = 0; i < 105; i += 1) ids.push((await quick())?.id);
    expect(tasks.list()).toHaveLength(101);
    expect(tasks.get(running.id)?.state).toBe('running');
  });
});

describe('listeners', () => {
  it('hear of each change until they leave', async () => {
    const heard: string[] = [];
    const note = ({ state, done }: TaskStatus) => void heard.push(`${state} ${done}`);
    const leave = tasks.subscribe(note);
    const { id, task, end } = held();
    task.progress(1);
    tasks.cancel(id);
    tasks.cancel(id);
    end();
    await tasks.finished(id);
    leave();
    await quick();
    expect(heard).toEqual(['running 0', 'running 1', 'cancelling 1', 'cancelled 1']);
  });

  it('that throw disturb neither the task nor one another', async () => {
    const heard: string[] = [];
    tasks.subscribe(() => {
      throw new Error('deaf');
    });
    tasks.subscribe(({ state }) => void heard.push(state));
    expect((await quick())?.state).toBe('succeeded');
    expect(heard).toEqual(['running', 'succeeded']);
    expect(listenerErrors).toHaveLength(2);
  });
});

describe('closing', () => {
  it('cancels everything and waits for it', async () => {
    const slow = held();
    const closing = tasks.close().then(() => tasks.get(slow.id)?.state);
    expect(slow.task.signal.aborted).toBe(true);
    slow.end();
    expect(await closing).toBe('cancelled');
  });

  it('lets nothing begin afterwards', async () => {
    await tasks.close();
    let hasBegun = false;
    const status = await quick(() => {
      hasBegun = true;
      return Promise.resolve();
    });
    expect(status?.state).toBe('cancelled');
    expect(hasBegun).toBe(false);
  });
});
