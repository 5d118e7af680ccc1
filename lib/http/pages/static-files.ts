import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative, sep } from 'node:path';
import type send from 'next/dist/compiled/send';
import { chooseEncoding, type Encoding } from './encodings';
import { pathnameOf } from '../door/request-target';

const COMPRESSED = join('.next', 'compressed');
const BY_EXTENSION: Readonly<Record<string, Encoding>> = { br: 'br', gz: 'gzip' };
const EXTENSIONS: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz', identity: '' };

/** Names below it change with what is in the files. */
const HASHED = '/_next/static/';
const FOR_GOOD = 'public, max-age=31536000, immutable';
/** What `send` itself has said of the file by then. */
const SENT_ALONG = ['content-length', 'etag', 'last-modified'];
const ASK_AGAIN = 'public, max-age=0, must-revalidate';

interface Answer {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly pathname: string;
  readonly encoding: Encoding;
  readonly otherwise: () => void;
}

/**
 * The scripts, styles and images of the pages, as `scripts/compress-static.mjs` has compressed them. It knows them by
 * name from the start, so that no path leads anywhere else.
 */
export class StaticFiles {
  private constructor(
    private readonly programDir: string,
    private readonly encodings: ReadonlyMap<string, ReadonlySet<Encoding>>,
  ) {}

  /** Of a program that has been built; with nothing in it where the build has compressed nothing. */
  static of(programDir: string): StaticFiles {
    const encodings = new Map<string, Set<Encoding>>();
    for (const file of filesIn(join(programDir, COMPRESSED))) {
      const [, path = '', extension = ''] = /^(.*)\.(\w+)$/.exec(file) ?? [];
      const encoding = BY_EXTENSION[extension];
      if (encoding === undefined) continue;
      const pathname = `/${path.split(sep).join('/')}`;
      encodings.set(pathname, (encodings.get(pathname) ?? new Set(['identity'])).add(encoding));
    }
    return new StaticFiles(programDir, encodings);
  }

  /** Answers in the encoding that the client likes best; false, having touched nothing, for what is not known here. */
  handle(req: IncomingMessage, res: ServerResponse, otherwise: () => void): boolean {
    const pathname = pathnameOf(req.url ?? '/');
    const offered = this.encodings.get(pathname);
    if (offered === undefined || (req.method !== 'GET' && req.method !== 'HEAD')) return false;
    const answer = { req, res, pathname, encoding: chooseEncoding(acceptedBy(req), offered), otherwise };
    // Loaded for the first one.
    import('next/dist/compiled/send').then(({ default: send }) => this.#answer(send, answer), otherwise);
    return true;
  }

  #answer(sendFile: typeof send, { req, res, pathname, encoding, otherwise }: Answer): void {
    const headers = {
      'content-type': contentType(sendFile.mime, pathname),
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      'cache-control': pathname.startsWith(HASHED) ? FOR_GOOD : ASK_AGAIN,
      ...(encoding !== 'identity' && { 'content-encoding': encoding }),
    };
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    const { root, file } = this.#placeOf(pathname, encoding);
    // A part of an encoded text is of no use to anyone.
    sendFile(req, encodeURI(file), { root, acceptRanges: false, cacheControl: false, index: false })
      .on('error', () => {
        if (res.headersSent) return void res.destroy();
        for (const name of [...Object.keys(headers), ...SENT_ALONG]) res.removeHeader(name);
        otherwise();
      })
      .pipe(res);
  }

  #placeOf(pathname: string, encoding: Encoding): { readonly root: string; readonly file: string } {
    if (encoding !== 'identity') {
      return { root: join(this.programDir, COMPRESSED), file: pathname + EXTENSIONS[encoding] };
    }
    if (!pathname.startsWith(HASHED)) return { root: join(this.programDir, 'public'), file: pathname };
    return { root: join(this.programDir, '.next', 'static'), file: `/${pathname.slice(HASHED.length)}` };
  }
}

function acceptedBy({ headers }: IncomingMessage): string | undefined {
  return [headers['accept-encoding'] ?? []].flat().join(',');
}

function contentType(mime: typeof send.mime, pathname: string): string {
  const type = mime.lookup(pathname);
  const charset = mime.charsets.lookup(type, 'UTF-8');
  return `${type}; charset=${charset}`;
}

function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
