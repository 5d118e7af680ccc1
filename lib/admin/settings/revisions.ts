import type { LiveSettings } from '../../config/live-settings';
import type { SettingName } from '../../config/settings';

/** Counts the changes of the settings, from any source, so that two people who edit the same one notice. */
export class SettingsRevisions {
  #current: number;
  readonly #lastChange = new Map<SettingName, number>();
  readonly stop: () => void;

  /** Starts at the time, so that a number from before a restart is an older one. */
  constructor(settings: Pick<LiveSettings, 'subscribe'>, now: () => number) {
    this.#current = now();
    this.stop = settings.subscribe((_settings, changed) => {
      this.#current += 1;
      for (const name of changed) this.#lastChange.set(name, this.#current);
    });
  }

  get current(): number {
    return this.#current;
  }

  /** Those of the settings that have changed since. */
  changedSince(revision: number, names: readonly SettingName[]): SettingName[] {
    return names.filter((name) => (this.#lastChange.get(name) ?? 0) > revision);
  }
}
