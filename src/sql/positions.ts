// Offsets to lines and columns.
import type { SourceSpan } from '../types/errors.ts';

/** Lines and columns of one text. Columns count UTF-16 units from 1; `\n`, `\r\n` and a lone `\r` end a line. */
export class Positions {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) this.#starts.push(i + 1);
    }
  }

  /** The span of `[start, end)`; an empty one (at the end of the text) points at the character behind. */
  span(start: number, end: number): SourceSpan {
    const line = this.#line(start);
    const last = Math.max(start, end - 1);
    const endLine = this.#line(last);
    return {
      line: line + 1,
      column: start - this.#starts[line]! + 1,
      endLine: endLine + 1,
      endColumn: last - this.#starts[endLine]! + 1,
      start,
      end,
    };
  }

  /** 0-based line of an offset. */
  #line(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** From the start of `a` to the end of `b`. */
export function cover(a: SourceSpan, b: SourceSpan): SourceSpan {
  return {
    line: a.line,
    column: a.column,
    endLine: b.endLine,
    endColumn: b.endColumn,
    start: a.start,
    end: b.end,
  };
}
