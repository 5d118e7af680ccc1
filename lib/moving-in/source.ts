import type { MovingPlan } from './plan';
import type { JsonObject, SourceTables } from './rows';

/** What there is of an installation to be moved in. */
export interface Source {
  readonly tables: SourceTables;
  /** A file of settings of it, such as LiteLLM's `config.yaml`. */
  readonly config?: JsonObject;
  /** The line in it, from 1, of the first key that stands there twice; its reader takes the last, as is done here. */
  readonly configTwinLine?: number;
  /** What it has in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What its secrets are sealed with; empty if that was not told. */
  readonly encryptionKey: string;
}

export interface WantedTable {
  readonly name: string;
  /** Those that are there are read, and no others. */
  readonly columns: readonly string[];
}

/** A program that can be moved in from. A reader throws `UnreadableSource`, and nothing else. */
export interface SourceProgram {
  readonly title: string;
  readonly tables: readonly WantedTable[];
  /** The variable of its environment that has what its secrets are sealed with. */
  readonly encryptionVariable?: string;
  readonly takesConfig: boolean;
  /** Its .env alone says enough. */
  readonly takesEnvironment?: boolean;
  read(source: Source): MovingPlan;
}

/** The source is not what it should be; the message is for people. */
export class UnreadableSource extends Error {
  readonly code = 'unreadable_source';
}
