// Members with scores, also in order: by score, then by the bytes of the member.
import { OrderedMap, type ScanStep } from './ordered-map.ts';

export interface Scored {
  readonly member: string;
  readonly score: number;
}

export class SortedSetValue {
  readonly #scores = new OrderedMap<number>();
  readonly #order: Scored[] = [];

  get size(): number {
    return this.#order.length;
  }

  score(member: string): number | undefined {
    return this.#scores.get(member);
  }

  /** True when the member is new. Minus zero is kept as zero. */
  set(member: string, given: number): boolean {
    const score = given === 0 ? 0 : given;
    const old = this.#scores.get(member);
    if (old !== undefined) {
      if (Object.is(old, score)) return false;
      this.#order.splice(this.#position(old, member), 1);
    }
    this.#order.splice(this.#position(score, member), 0, { member, score });
    return this.#scores.set(member, score);
  }

  delete(member: string): boolean {
    const score = this.#scores.get(member);
    if (score === undefined) return false;
    this.#order.splice(this.#position(score, member), 1);
    return this.#scores.delete(member);
  }

  /** Place in the order, from 0. */
  rank(member: string): number | undefined {
    const score = this.#scores.get(member);
    return score === undefined ? undefined : this.#position(score, member);
  }

  /** Lowest score first. */
  all(): readonly Scored[] {
    return this.#order;
  }

  scan(cursor: number, count: number): ScanStep {
    return this.#scores.scan(cursor, count);
  }

  #position(score: number, member: string): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.#order[middle]!;
      if (at.score < score || (at.score === score && at.member < member)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
