import type { KeyState } from './key-state';

/** The keys that are not disabled. Adding and removing take the same short time however many there are. */
export class Rotation {
  readonly #keys: KeyState[] = [];

  get keys(): readonly KeyState[] {
    return this.#keys;
  }

  /** Puts the key where its `disabled` says it belongs. */
  place(key: KeyState): void {
    if (key.disabled === undefined) this.#add(key);
    else this.remove(key);
  }

  remove(key: KeyState): void {
    if (key.rotationIndex < 0) return;
    const last = this.#keys.pop();
    if (last !== undefined && last !== key) {
      this.#keys[key.rotationIndex] = last;
      last.rotationIndex = key.rotationIndex;
    }
    key.rotationIndex = -1;
  }

  #add(key: KeyState): void {
    if (key.rotationIndex >= 0) return;
    key.rotationIndex = this.#keys.length;
    this.#keys.push(key);
  }
}
