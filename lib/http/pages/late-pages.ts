import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse, type Refusal } from '../door/refusal';
import type { NextHandler } from '../front';

const NO_PAGES: Refusal = {
  status: 500,
  code: 'internal_error',
  message: 'The pages could not be loaded. The log has the details; the next request tries again.',
};

/**
 * What answers for pages, loaded when the first one is asked for: a gateway that nobody looks at needs no memory for
 * it. All who ask meanwhile wait for the same loading. After one that fails they get 500, and the next request tries
 * again.
 */
export class LatePages {
  #handler: NextHandler | undefined;
  #loading: Promise<NextHandler> | undefined;

  constructor(
    private readonly load: () => Promise<NextHandler>,
    private readonly onFailed: (error: unknown) => void,
  ) {}

  readonly handle: NextHandler = (req, res) =>
    this.#handler === undefined ? this.#handleLater(req, res) : this.#handler(req, res);

  async #handleLater(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let handler: NextHandler;
    try {
      handler = await (this.#loading ??= this.#loadNow());
    } catch {
      return refuse(req, res, NO_PAGES);
    }
    // Whoever has left meanwhile needs no page.
    if (!res.destroyed) await handler(req, res);
  }

  async #loadNow(): Promise<NextHandler> {
    try {
      return (this.#handler = await this.load());
    } catch (error) {
      this.onFailed(error);
      throw error;
    } finally {
      this.#loading = undefined;
    }
  }
}
