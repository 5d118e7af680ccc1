import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SlowProxy {
  readonly port: number;
  /** Where new connections lead to; those there are end. */
  leadTo(port: number): void;
  /** What passes is held back for so long, each way. */
  delayMs: number;
  stop(): Promise<void>;
}

/** A way to another port of this machine that can be slow, and lead elsewhere. */
export async function startSlowProxy(port: number): Promise<SlowProxy> {
  let target = port;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (data) => {
        if (proxy.delayMs === 0) to.write(data);
        else setTimeout(() => to.write(data), proxy.delayMs);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = () => sockets.forEach((socket) => socket.destroy());
  const proxy: SlowProxy = {
    port: (server.address() as AddressInfo).port,
    delayMs: 0,
    leadTo(next) {
      target = next;
      end();
    },
    async stop() {
      end();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
