import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../tests/support/free-port';
import {
  startBareProxy,
  startGateway,
  startNginxProxy,
  startPortkey,
  type Contender,
  type GatewayOptions,
  type Origins,
} from './contenders';
import { Load } from './load/load';
import type { Program } from './program';
import { startNodeUpstream, startUpstream, type Upstream } from './upstream';

/** Everything that a scenario needs, running and ready. */
export class Stage {
  #gateways = 0;

  private constructor(
    readonly folder: string,
    readonly load: Load,
    readonly upstream: Upstream,
    readonly origins: Origins,
    private readonly streamUpstream: Program,
  ) {}

  static async open(): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'openai-balance-bench-'));
    const upstream = await startUpstream(folder, await freePort());
    const streamPort = await freePort();
    const streamUpstream = await startNodeUpstream(folder, streamPort);
    const origins = { plain: upstream.origin, streams: `http://127.0.0.1:${streamPort}` };
    return new Stage(folder, new Load(), upstream, origins, streamUpstream);
  }

  /** A gateway with an empty database; the caller stops it. */
  async gateway(options: Partial<GatewayOptions> = {}): Promise<Contender> {
    const folder = options.folder ?? join(this.folder, `gateway-${(this.#gateways += 1)}`);
    mkdirSync(folder, { recursive: true });
    return startGateway({ origins: this.origins, port: await freePort(), ...options, folder });
  }

  /** The others, as far as they are installed. */
  async peers(): Promise<Contender[]> {
    const started: Contender[] = [];
    for (const start of [startBareProxy, startNginxProxy, startPortkey]) {
      const peer = await start({ folder: this.folder, port: await freePort(), origins: this.origins });
      if (peer !== undefined) started.push(peer);
    }
    return started;
  }

  async close(): Promise<void> {
    await this.load.stop();
    await this.upstream.stop();
    await this.streamUpstream.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
