/** A counter whose count somebody else keeps, in each attempt of a job somebody new. */
export class Total {
  #read: () => number;
  /** What is to be added to what is read. */
  #before = 0;

  constructor(read: () => number) {
    this.#read = read;
  }

  get value(): number {
    return this.#before + this.#read();
  }

  /** Goes on from where it is. `read` may be at more than 0 already: what is shared outlives an attempt. */
  continue(read: () => number): void {
    this.#before = this.value - read();
    this.#read = read;
  }
}
