import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { EgressError } from './egress-error';
import { describeError } from '../dial/failure';
import { httpTunnel } from './http-tunnel';
import { socksTunnel } from './socks-tunnel';
import type { Tunnel } from './tunnel';

export interface EgressConnector {
  readonly connect: buildConnector.connector;
  /** Open connections go on; no new ones can be made. */
  close(): Promise<void>;
}

/**
 * Connections to upstreams through one egress proxy: `http`, `https`, `socks5` (names are looked up here) or `socks5h`
 * (by the proxy). TLS to the upstream runs through the proxy from end to end, with the certificate checked as on a
 * direct connection. Failures are EgressErrors that tell the proxy's from the upstream's.
 */
export function egressConnector(address: string, timeoutMs: number): EgressConnector {
  const url = new URL(address);
  const tunnel = url.protocol.startsWith('socks') ? socksTunnel(url, timeoutMs) : httpTunnel(url, timeoutMs);
  const secure = buildConnector({ timeout: timeoutMs });
  return {
    connect(options, callback) {
      const isSecure = options.protocol === 'https:';
      const end = { host: options.hostname, port: Number(options.port || (isSecure ? 443 : 80)) };
      openTunnel(tunnel, end).then(
        (socket) => {
          if (!isSecure) return callback(null, prepared(socket));
          secure({ ...options, httpSocket: socket }, (error, secured) => {
            if (error === null) callback(null, secured);
            else
              callback(
                new EgressError('upstream', `no TLS through the proxy: ${describeError(error)}`, error),
                null,
              );
          });
        },
        (error: Error) => callback(error, null),
      );
    },
    close: () => tunnel.close(),
  };
}

async function openTunnel(tunnel: Tunnel, end: { host: string; port: number }): Promise<Socket> {
  // undici types what it takes as a Socket and uses it as a Duplex.
  return (await tunnel.open(end)) as Socket;
}

function prepared(socket: Socket): Socket {
  socket.setNoDelay?.(true);
  socket.setKeepAlive?.(true, 60_000);
  return socket;
}
