import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../tests/support/free-port';
import { startGateway, type Contender, type GatewayOptions, type Origins } from './contenders';
import { Load } from './load/load';
import type { Peer } from './peers/peer';
import type { Program } from './program';
import { startNodeUpstream, startUpstream, type Upstream } from './upstream';

/** Which cores each may use, as `taskset` has it. */
export interface Cores {
  readonly contender: string;
  /** For upstream and load generator. */
  readonly others: string;
}

/** Everything that a scenario needs, running and ready. */
export class Stage {
  #folders = 0;

  private constructor(
    readonly folder: string,
    readonly load: Load,
    readonly upstream: Upstream,
    readonly origins: Origins,
    private readonly streamUpstream: Program,
    private readonly cores?: Cores,
  ) {}

  /** `cores`: default is that everyone uses all. */
  static async open(cores?: Cores): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'openai-balance-bench-'));
    const upstream = await startUpstream(folder, await freePort(), cores?.others);
    const streamPort = await freePort();
    const streamUpstream = await startNodeUpstream(folder, streamPort, cores?.others);
    const origins = { plain: upstream.origin, streams: `http://127.0.0.1:${streamPort}` };
    return new Stage(folder, new Load(cores?.others), upstream, origins, streamUpstream, cores);
  }

  /** A gateway with an empty database; the caller stops it. */
  async gateway(options: Partial<GatewayOptions> = {}): Promise<Contender> {
    const folder = options.folder ?? this.#newFolder('gateway');
    mkdirSync(folder, { recursive: true });
    const core = this.cores?.contender;
    return startGateway({ origins: this.origins, port: await freePort(), core, ...options, folder });
  }

  /** Another gateway, beside the same upstream; the caller stops it. */
  async peer(peer: Peer): Promise<Contender> {
    const folder = this.#newFolder(peer.name);
    return peer.start({ folder, port: await freePort(), origins: this.origins, core: this.cores?.contender });
  }

  #newFolder(name: string): string {
    const folder = join(this.folder, `${name}-${(this.#folders += 1)}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  async close(): Promise<void> {
    await this.load.stop();
    await this.upstream.stop();
    await this.streamUpstream.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
