// A piece of a longer text keeps all of that in memory (V8's sliced strings), and formats cut their texts out of such. That
// costs nothing for what lives as long as a batch; keys that stay get memory of their own.

import { raw } from '../raw-buffer.ts';

/** Shorter pieces are copies anyway. */
const SHORTEST_SLICE = 13;

let scratch = raw(Buffer.allocUnsafeSlow(256));

/** The same text in memory of its own. */
export function ownText(text: string): string {
  const length = text.length;
  if (length < SHORTEST_SLICE) return text;
  if (scratch.length < 2 * length) scratch = raw(Buffer.allocUnsafeSlow(4 * length));
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return ownWideText(text);
    scratch[i] = code;
  }
  return scratch.latin1Slice(0, length);
}

export function ownValue(value: unknown): unknown {
  return typeof value === 'string' ? ownText(value) : value;
}

/** UTF-16 as it is, lone surrogates too. */
function ownWideText(text: string): string {
  return scratch.ucs2Slice(0, scratch.write(text, 'ucs2'));
}
