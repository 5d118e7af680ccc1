import { EventEmitter } from 'node:events';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { SocksProxyAgent } from 'socks-proxy-agent';
import { EgressError } from './egress-error';
import { describeError } from '../dial/failure';
import type { Tunnel, TunnelEnd } from './tunnel';

/** Replies with which a proxy says that it could not get through to the upstream (RFC 1928 section 6). */
const UPSTREAM_UNREACHED =
  /rejected connection - (Failure|NetworkUnreachable|HostUnreachable|ConnectionRefused|TTLExpired)$/;

/** Tunnels through a SOCKS5 proxy. `socks5h` leaves it to the proxy to look names up, `socks5` does that here. */
export function socksTunnel(url: URL, timeoutMs: number): Tunnel {
  let agent: Promise<SocksProxyAgent> | undefined;
  return {
    async open(end) {
      const connecting = connect(await (agent ??= agentFor(url)), end);
      const deadline = timer(timeoutMs);
      try {
        return await Promise.race([connecting, deadline.passed]);
      } catch (error) {
        // A connection that comes too late is closed.
        connecting.then(
          (socket) => socket.destroy(),
          () => undefined,
        );
        throw error;
      } finally {
        deadline.clear();
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Its package is loaded for the first proxy. */
async function agentFor(url: URL): Promise<SocksProxyAgent> {
  const { SocksProxyAgent } = await import('socks-proxy-agent');
  // Its own time-out would go on watching the connection, and cut streams that are merely silent.
  const agent = new SocksProxyAgent(url);
  // The agent takes the brackets of an IPv6 address for a part of a name.
  agent.proxy.host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return agent;
}

async function connect(agent: SocksProxyAgent, { host, port }: TunnelEnd): Promise<Socket> {
  // The agent only destroys the request when a time-out of its own passes, and tells it about the proxy.
  const request = new EventEmitter() as unknown as ClientRequest;
  try {
    return await agent.connect(request, { host, port, secureEndpoint: false });
  } catch (error) {
    const isLookup = (error as { hostname?: unknown }).hostname === host;
    const text = describeError(error);
    const at = isLookup || UPSTREAM_UNREACHED.test(text) ? 'upstream' : 'egress';
    throw new EgressError(at, `the proxy did not connect: ${text}`, error);
  }
}

function timer(ms: number): { readonly passed: Promise<never>; clear(): void } {
  let timeout: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    const cause = new DOMException('', 'TimeoutError');
    const error = new EgressError('egress', 'the proxy did not connect in time', cause);
    timeout = setTimeout(() => reject(error), ms);
  });
  return { passed, clear: () => clearTimeout(timeout) };
}
