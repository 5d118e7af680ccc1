import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tempDir } from './temp-dir';

const run = promisify(execFile);

export interface TlsFiles {
  readonly key: Buffer;
  readonly cert: Buffer;
}

export interface TestCertificate extends TlsFiles {
  readonly keyPath: string;
  /** For NODE_EXTRA_CA_CERTS: whoever has it trusts the certificate. */
  readonly certPath: string;
  remove(): Promise<void>;
}

/** A certificate for 127.0.0.1 and localhost that vouches for itself, made anew. */
export async function makeCertificate(): Promise<TestCertificate> {
  const folder = await tempDir('tls');
  const keyPath = join(folder.path, 'key.pem');
  const certPath = join(folder.path, 'cert.pem');
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=localhost', '-addext', names, '-days', '2', '-keyout', keyPath, '-out', certPath],
  ]);
  const [key, cert] = await Promise.all([readFile(keyPath), readFile(certPath)]);
  return { key, cert, keyPath, certPath, remove: () => folder.remove() };
}
