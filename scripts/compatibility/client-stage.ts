import { mkdirSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { aimockAnswers, startAimock, type Aimock } from '../../tests/support/aimock';
import { ObjectWorld } from '../../tests/support/object-world';
import { startServer, type RunningServer } from '../../tests/support/server';
import { makeCertificate, type TestCertificate } from '../../tests/support/tls';

const TOKEN = 'a-client-token';

/** A gateway with a provider that talks and one that keeps objects, each with two keys, and what a program is told. */
export class ClientStage {
  private constructor(
    private readonly parts: {
      readonly aimock: Aimock;
      readonly objects: ObjectWorld;
      readonly certificate: TestCertificate;
      readonly gateway: RunningServer;
      readonly tls: Server;
    },
    private readonly folder: string,
  ) {}

  /** `folder`: where the program may write. */
  static async start(folder: string): Promise<ClientStage> {
    const [aimock, objects, certificate] = await Promise.all([
      startAimock(),
      ObjectWorld.start(),
      makeCertificate(),
    ]);
    const further = [
      {
        name: 'Objects',
        path: 'objects',
        base_url: objects.baseUrl,
        api_keys: ['sk-objects-1', 'sk-objects-2'],
      },
    ];
    const gateway = await startServer({
      env: {
        BASE_URL: aimock.baseUrl,
        API_KEYS: 'sk-aimock-1,sk-aimock-2',
        PROVIDERS_CONFIG: JSON.stringify(further),
        ALLOWED_TOKENS: TOKEN,
        MAX_BODY_MB: '600',
      },
    });
    const tls = await encrypted(certificate, gateway.port);
    for (const name of ['work', 'home']) mkdirSync(join(folder, name));
    return new ClientStage({ aimock, objects, certificate, gateway, tls }, folder);
  }

  /** How often something has come over WebSocket. */
  get sockets(): number {
    return this.parts.aimock.journal().filter(({ method }) => method === 'WS').length;
  }

  get env(): Record<string, string> {
    const { gateway, certificate, tls } = this.parts;
    const home = join(this.folder, 'home');
    return {
      HOME: home,
      CODEX_HOME: join(home, 'codex'),
      LLM_USER_PATH: join(home, 'llm'),
      FOLDER: join(this.folder, 'work'),
      OPENAI_API_KEY: TOKEN,
      OPENAI_BASE_URL: `${gateway.url}/v1`,
      OPENAI_API_BASE: `${gateway.url}/v1`,
      OBJECTS_BASE_URL: `${gateway.url}/objects/v1`,
      TLS_BASE_URL: `https://127.0.0.1:${(tls.address() as AddressInfo).port}/v1`,
      NODE_EXTRA_CA_CERTS: certificate.certPath,
      EXPECTED: aimockAnswers.text,
    };
  }

  async stop(): Promise<void> {
    const { aimock, objects, certificate, gateway, tls } = this.parts;
    tls.close();
    await gateway.stop();
    await Promise.all([aimock.stop(), objects.stop(), certificate.remove()]);
  }
}

/** For clients that open a WebSocket over TLS only. */
async function encrypted({ key, cert }: TestCertificate, port: number): Promise<Server> {
  const server = createServer({ key, cert }, (socket) => {
    const inner = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
