// `key-template`: the Redis key as text around the values of columns, `user:{id}:{region}`. A brace of the key itself is written
// twice, so that a cluster's hash tag around a column is `{{{id}}}:orders`, which makes the key `{42}:orders`.

/** Literal text, or the name of a column. */
export type TemplatePart = { readonly text: string } | { readonly column: string };

/** @throws Error that says what is wrong and where */
export function parseKeyTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let text = '';
  for (let i = 0; i < template.length; i++) {
    const character = template[i]!;
    if ((character === '{' || character === '}') && template[i + 1] === character) {
      text += character;
      i++;
    } else if (character === '}') {
      throw new Error(
        `Character ${i + 1} is a '}' that closes nothing. A brace of the key itself is written twice.`,
      );
    } else if (character === '{') {
      const end = template.indexOf('}', i);
      const column = template.slice(i + 1, end);
      if (end < 0 || column === '' || column.includes('{')) {
        throw new Error(
          `The '{' at character ${i + 1} needs the name of a column and a '}'. A brace of the key itself is written twice.`,
        );
      }
      if (text !== '') parts.push({ text });
      text = '';
      parts.push({ column });
      i = end;
    } else {
      text += character;
    }
  }
  if (text !== '') parts.push({ text });
  if (!parts.some((p) => 'column' in p)) throw new Error('It names no column: all rows would have one key.');
  return parts;
}

export function printKeyTemplate(parts: readonly TemplatePart[]): string {
  return parts
    .map((p) => ('column' in p ? `{${p.column}}` : p.text.replaceAll('{', '{{').replaceAll('}', '}}')))
    .join('');
}
