import net, { type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeBehindQuietTurn } from '../../http/connection/quiet-turn';

/** What listens, beneath a server (Node's lib/net). */
interface ListeningHandle {
  onconnection: (...args: unknown[]) => void;
  close(): void;
}

/** Each worker takes a connection within a moment, or does not live. */
const LOOKS_MAX = 1_000;

/**
 * The port that the workers share. node:cluster listens on it in this process and hands over what it accepts. It would
 * close it when the last worker does, together with what waits to be handed over and what a closing worker has sent
 * back: so it is closed here before, while the workers still take that.
 */
export class SharedPort {
  #handle: ListeningHandle | undefined;

  /** Before the first worker is started: node:cluster shows nobody what it listens with. */
  watch(): void {
    const create = net.createServer as (...args: unknown[]) => Server;
    net.createServer = (...args: unknown[]) => {
      const server = create(...args) as Server & { readonly _handle: ListeningHandle | null };
      server.once('listening', () => {
        const handle = server._handle;
        // It alone takes that away from its server at once.
        process.nextTick(() => {
          if (handle !== null && server._handle === null) this.#handle = handle;
        });
      });
      return server;
    };
  }

  /** Resolves when it is closed and all that has come by it is at a worker. */
  async close(isAllTaken: () => boolean): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) return;
    let accepted = 0;
    const take = handle.onconnection;
    handle.onconnection = (...args) => {
      accepted += 1;
      take(...args);
    };
    await closeBehindQuietTurn(
      () => accepted,
      () => handle.close(),
    );
    for (let looks = 0; !isAllTaken() && looks < LOOKS_MAX; looks += 1) await sleep(1);
  }
}
