import type { Calls } from './calls';
import type { Channel, Page, Parcel, Parcels } from './channel';

/** Longer than a reader is made to wait for news. */
const READ_MS = 3_000;

/** The channel of the process that has started this one, asked over the line between them. */
export class IpcChannel implements Channel {
  constructor(private readonly calls: Pick<Calls, 'ask'>) {}

  async append(parcel: Pick<Parcel, 'from' | 'number' | 'text'>): Promise<void> {
    await this.calls.ask('append', parcel);
  }

  async read(position: string | undefined): Promise<Parcels> {
    return (await this.calls.ask('read', position, READ_MS)) as Parcels;
  }

  async put(page: Page): Promise<void> {
    await this.calls.ask('put', page);
  }

  async pages(): Promise<readonly Page[]> {
    return (await this.calls.ask('pages')) as readonly Page[];
  }

  async close(from: string): Promise<void> {
    await this.calls.ask('close', from).catch(() => undefined);
  }
}

/** What such a channel asks for. `onPage`: told who has put a page. */
export function channelVerbs(channel: Channel, onPage: (from: string) => void) {
  return {
    append: (parcel: unknown) => channel.append(parcel as Parcel),
    read: (position: unknown) => channel.read(position as string | undefined),
    pages: () => channel.pages(),
    close: (from: unknown) => channel.close(from as string),
    put(page: unknown) {
      onPage((page as Page).from);
      return channel.put(page as Page);
    },
  };
}
