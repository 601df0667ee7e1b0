// The syntax tree of Flink SQL: plain readonly data, unions over `kind`, every node with its place in the text.
// Nothing is resolved here: names are as written (without their quotes), types are Flink's logical types.

export type * from './ast/expressions.ts';
export type * from './ast/names.ts';
export type * from './ast/queries.ts';
export type * from './ast/statements.ts';
