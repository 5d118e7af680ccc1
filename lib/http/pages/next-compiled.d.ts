// Libraries that Next brings along and serves its own files with; it ships no types of them.
declare module 'next/dist/compiled/compression' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  type Filter = (req: IncomingMessage, res: ServerResponse) => boolean;
  interface Options {
    /** Bytes; what is shorter stays as it is. */
    readonly threshold?: number;
    readonly filter?: Filter;
  }
  function compression(
    options?: Options,
  ): (req: IncomingMessage, res: ServerResponse, next: () => void) => void;
  namespace compression {
    const filter: Filter;
  }
  export = compression;
}

declare module 'next/dist/compiled/send' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  interface Options {
    readonly root: string;
    readonly acceptRanges?: boolean;
    readonly cacheControl?: boolean;
    readonly index?: false;
  }
  interface Sending {
    on(event: 'error', listener: (error: Error) => void): Sending;
    pipe(res: ServerResponse): void;
  }
  function send(req: IncomingMessage, path: string, options: Options): Sending;
  namespace send {
    const mime: {
      lookup(path: string): string;
      readonly charsets: { lookup(type: string, fallback: string): string };
    };
  }
  export = send;
}
