/** The tree without the places that its nodes have in the text. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !/^(span|opSpan|keySpan|valueSpan)$/.test(key))
      .map(([key, inner]) => [key, withoutSpans(inner)]),
  );
}
