const WEIGHT = 0.1
const SAMPLE_EVERY = 16

/**
 * Which hello to send first. Up to TLS 1.2 a certificate comes in the clear and costs least, so that hello is the rule; where most
 * endpoints of a scan refuse it, a hello that offers TLS 1.3 as well saves them a second connection. Every 16th endpoint is still
 * asked the cheap way, so that the order changes back when the endpoints do.
 */
export class HelloOrder {
  #refused = 0
  #asked = 0

  /** True when the next endpoint should be offered TLS 1.3 at once. */
  offersTls13First(): boolean {
    return this.#refused > 0.5 && ++this.#asked % SAMPLE_EVERY !== 0
  }

  /** What an endpoint made of the hello of up to TLS 1.2. */
  learn(refusedLegacy: boolean): void {
    this.#refused += ((refusedLegacy ? 1 : 0) - this.#refused) * WEIGHT
  }
}
