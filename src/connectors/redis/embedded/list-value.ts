// A list with two cheap ends: the part before the middle is kept backwards.

export class ListValue {
  #front: string[] = [];
  #back: string[] = [];

  get length(): number {
    return this.#front.length + this.#back.length;
  }

  pushLeft(value: string): void {
    this.#front.push(value);
  }

  pushRight(value: string): void {
    this.#back.push(value);
  }

  popLeft(): string | undefined {
    if (this.#front.length === 0) this.#rebalance();
    return this.#front.pop() ?? this.#back.shift();
  }

  popRight(): string | undefined {
    if (this.#back.length === 0) this.#rebalance();
    return this.#back.pop() ?? this.#front.shift();
  }

  /** Element at `index`, from 0. */
  at(index: number): string | undefined {
    const front = this.#front.length;
    return index < front ? this.#front[front - 1 - index] : this.#back[index - front];
  }

  put(index: number, value: string): void {
    const front = this.#front.length;
    if (index < front) this.#front[front - 1 - index] = value;
    else this.#back[index - front] = value;
  }

  /** Elements `start` to `stop`, both inclusive. */
  range(start: number, stop: number): string[] {
    const values: string[] = [];
    for (let i = start; i <= stop; i++) values.push(this.at(i)!);
    return values;
  }

  replace(values: string[]): void {
    this.#front = [];
    this.#back = values;
  }

  /** One half is empty: the other gives it half of its elements, so that popping from either end stays cheap. */
  #rebalance(): void {
    const all = this.range(0, this.length - 1);
    const middle = all.length >> 1;
    this.#front = all.slice(0, middle).reverse();
    this.#back = all.slice(middle);
  }
}
