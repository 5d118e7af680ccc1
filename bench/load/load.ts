import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onCore } from '../program';
import type { Job, LoadResult } from './job';

type Message = { readonly kind: 'plateau' } | { readonly kind: 'result'; readonly result: LoadResult };

/** The load generator, in its own process. */
export class Load {
  readonly #child: ChildProcess;

  /** `core`: the only ones that it may run on. Default: all. */
  constructor(core?: string) {
    const { command, args } = onCore(core, { command: process.execPath, args: ['--import', 'tsx'] });
    this.#child = fork(join(import.meta.dirname, 'generator.ts'), { execPath: command, execArgv: [...args] });
  }

  /** `onPlateau` is called when all streams are open and flowing. */
  run(job: Job, onPlateau?: () => void): Promise<LoadResult> {
    return new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error('the load generator ended'));
      const onMessage = (message: Message): void => {
        if (message.kind === 'plateau') return onPlateau?.();
        this.#child.off('message', onMessage).off('exit', onExit);
        resolve(message.result);
      };
      this.#child.on('message', onMessage).once('exit', onExit);
      this.#child.send(job);
    });
  }

  async stop(): Promise<void> {
    this.#child.kill();
    await once(this.#child, 'exit');
  }
}
