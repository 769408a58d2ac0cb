/**
 * A value that must not reach a log, an error, the database or a URL by accident: printing, serialising or inspecting
 * it yields `[secret]`. The holder owns the bytes; nothing copies or zeroes them.
 */
export class Secret {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Wraps the UTF-8 bytes of `text`. */
  static fromText(text: string): Secret {
    return new Secret(new TextEncoder().encode(text))
  }

  /** The only way out. Callers stand in the allow-list of test/layers.test.ts. */
  reveal(): Uint8Array {
    return this.#bytes
  }

  /** The value decoded as UTF-8; counts as {@link reveal} for the allow-list. */
  revealText(): string {
    return new TextDecoder().decode(this.#bytes)
  }

  toJSON(): string {
    return '[secret]'
  }

  toString(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}
