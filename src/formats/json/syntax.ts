// Characters of JSON and what is wrong with a text.

/** The text is no JSON. `offset` counts from the text's first byte. */
export class JsonSyntaxError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(`${message} at offset ${offset}`);
    this.offset = offset;
  }
}

/** Jackson's limit (StreamReadConstraints). */
export const MAX_DEPTH = 1000;

export function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

/** Letters, digits and what stands among them; every byte of a longer character. */
export function isWordCharacter(c: number): boolean {
  return isDigit(c) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 36 || c >= 128;
}

/** White space, `,`, `]`, `}`. */
export function endsNumber(c: number): boolean {
  return c === 44 || c === 125 || c === 93 || c === 32 || c === 10 || c === 13 || c === 9;
}

export function hexDigit(c: number): number {
  if (isDigit(c)) return c - 48;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** `('x' (code 120))`, as Jackson shows characters. */
export function show(c: number): string {
  const char = c > 32 && c < 127 ? `'${String.fromCharCode(c)}' ` : '';
  return `(${char}(code ${c}))`;
}

/** An error of the program, not of the data: it is never ignored. */
export function isDefect(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}
