// Redis' patterns: `*`, `?`, `[a-c]`, `[^x]`, and `\` before a character that is meant itself.

/** A pattern compiled once for many keys. */
export function globMatcher(pattern: string): (text: string) => boolean {
  if (pattern === '*') return () => true;
  let source = '^';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '*') {
      source += '[\\s\\S]*';
      while (pattern[i + 1] === '*') i++;
    } else if (c === '?') source += '[\\s\\S]';
    else if (c === '[') {
      const [text, end] = charClass(pattern, i + 1);
      source += text;
      i = end;
    } else if (c === '\\' && i + 1 < pattern.length) source += quote(pattern[++i]!);
    else source += quote(c);
  }
  const compiled = new RegExp(`${source}$`);
  return (text) => compiled.test(text);
}

/** The class that begins behind `[`, and where it ends. One that is not closed reaches to the end. */
function charClass(pattern: string, start: number): readonly [text: string, end: number] {
  let i = start;
  const negated = pattern[i] === '^';
  if (negated) i++;
  let body = '';
  for (; i < pattern.length && pattern[i] !== ']'; i++) {
    if (pattern[i] === '\\' && i + 1 < pattern.length) {
      body += quote(pattern[++i]!);
    } else if (pattern[i + 1] === '-' && i + 2 < pattern.length) {
      const [low, high] = [pattern[i]!, pattern[i + 2]!].sort();
      body += `${quote(low!)}-${quote(high!)}`;
      i += 2;
    } else body += quote(pattern[i]!);
  }
  if (body === '') return [negated ? '[\\s\\S]' : '[]', i];
  return [`[${negated ? '^' : ''}${body}]`, i];
}

function quote(c: string): string {
  return `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
