/** Binding powers, weakest first; the printer places parentheses by the same numbers. */
export const BINDING = {
  OR: 1,
  AND: 2,
  NOT: 3,
  IS: 4,
  COMPARISON: 5,
  /** BETWEEN, IN, LIKE, OVERLAPS */
  SPECIAL: 6,
  ADDITIVE: 7,
  /** `* / %` and `||` */
  MULTIPLICATIVE: 8,
  SIGN: 9,
  POSTFIX: 10,
} as const;
