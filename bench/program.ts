import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Unit of the CPU times in /proc: USER_HZ, 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;
const READY_TIMEOUT_MS = 60_000;

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The only core that it may run on, as `taskset` has it. Default: all. */
  readonly core?: string | undefined;
  /** Where its output goes: writing it is part of the work that is measured. */
  readonly logFile: string;
  /** Answers with any status as soon as the program can do its work. */
  readonly readyUrl: string;
  /** What is done to it as soon as it answers; if that fails, it is ended. */
  readonly setUp?: () => Promise<void>;
}

/** Nothing that was started here outlives this process, however it ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL');
});
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1));

/** A program under measurement, with the processes that it has started. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    readonly startMs: number,
  ) {}

  /** Resolves when the program answers; rejects, with the program gone, if it does not. */
  static async start(options: ProgramOptions): Promise<Program> {
    const output = createWriteStream(options.logFile, { flags: 'a' });
    await once(output, 'open');
    const startedAt = performance.now();
    const { command, args } = onCore(options.core, options);
    const child = spawn(command, args, {
      stdio: ['ignore', output, output],
      env: {
        NODE_ENV: 'production',
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        ...options.env,
      },
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    output.close();
    running.add(child);
    child.once('exit', () => running.delete(child));
    try {
      await answers(options.readyUrl, child);
      await options.setUp?.();
    } catch (error) {
      signal(child, 'SIGKILL');
      const why = error instanceof Error ? error.message : String(error);
      const [said] = readFileSync(options.logFile, 'utf8').trim().split('\n').slice(-1);
      throw new Error(`${options.command} did not start: ${why}; it said: ${said}`, { cause: error });
    }
    return new Program(child, performance.now() - startedAt);
  }

  /** User and system time of the program and its children so far; milliseconds. */
  get cpuMs(): number {
    return cpuMsOfTree(this.child.pid ?? 0);
  }

  /** Resident memory of the program and its children. */
  get memoryBytes(): number {
    return treeOf(this.child.pid ?? 0).reduce((sum, pid) => sum + memoryBytesOf(pid), 0);
  }

  /** Nothing of it runs until it is resumed. */
  pause(): void {
    signal(this.child, 'SIGSTOP');
  }

  resume(): void {
    signal(this.child, 'SIGCONT');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.resume();
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => signal(this.child, 'SIGKILL'), 20_000);
    await ended;
    clearTimeout(timer);
  }
}

/** The command that runs it on that core alone, and everything that it starts. */
export function onCore(
  core: string | undefined,
  { command, args }: Pick<ProgramOptions, 'command' | 'args'>,
): Pick<ProgramOptions, 'command' | 'args'> {
  return core === undefined
    ? { command, args }
    : { command: 'taskset', args: ['-c', core, command, ...args] };
}

/** To a program and all that it has started. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  for (const each of treeOf(pid)) {
    try {
      process.kill(each, name);
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    if (await isAnswering(url)) return;
    await sleep(20);
  }
  throw new Error(child.exitCode === null ? `no answer from ${url}` : `exit code ${child.exitCode}`);
}

function isAnswering(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode !== 503);
    }).on('error', () => resolve(false));
  });
}

/** The process and its children, and theirs. */
function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** Of all its threads: any of them can start one. */
function childrenOf(pid: number): number[] {
  return filesIn(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
      return text === '' ? [] : text.split(' ').map(Number);
    } catch {
      return []; // The thread has ended meanwhile.
    }
  });
}

/** User and system time of a process and its children so far; milliseconds. */
export function cpuMsOfTree(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + cpuMsOf(each), 0);
}

function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field, the name in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

function memoryBytesOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

/** Whether a program by that name is installed. */
export function whereIs(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const folder = folders.find((candidate) => filesIn(candidate).includes(name));
  return folder === undefined ? undefined : `${folder}/${name}`;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
