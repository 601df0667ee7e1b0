// Text by characters, as Flink counts them: code points, where JS counts UTF-16 units. Text without surrogates takes the
// short way.

const SURROGATE = /[\ud800-\udfff]/;

export function codePointLength(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** Characters `from` to `to` (not included). */
export function codePointSlice(text: string, from: number, to: number): string {
  if (!SURROGATE.test(text)) return text.slice(from, to);
  return [...text].slice(from, to).join('');
}

/** Index of the first occurrence at or behind character `from`, or -1. */
export function codePointIndexOf(text: string, part: string, from: number): number {
  if (!SURROGATE.test(text)) return from > text.length ? -1 : text.indexOf(part, from);
  const start = codePointSlice(text, 0, from).length;
  const index = text.indexOf(part, start);
  return index < 0 ? -1 : codePointLength(text.slice(0, index));
}

export function reverse(text: string): string {
  let out = '';
  if (!SURROGATE.test(text)) {
    for (let i = text.length - 1; i >= 0; i--) out += text[i];
    return out;
  }
  for (const c of text) out = c + out;
  return out;
}
