import { charWidth, displayWidth } from '../../types/text/display-width.ts';

/** `text` right-aligned in `width` columns; cut with `...` when it is wider. */
export function fitRight(text: string, width: number): string {
  const own = displayWidth(text);
  if (own <= width) return ' '.repeat(width - own) + text;
  const room = width - 3;
  let cut = '';
  let used = 0;
  for (const char of text) {
    const next = charWidth(char);
    if (used + next > room) break;
    cut += char;
    used += next;
  }
  return `${' '.repeat(Math.max(0, room - used))}${cut}...`;
}
