// Names, types and options: what all parts of the syntax tree share.
import type { SourceSpan } from '../../types/errors.ts';
import type { LogicalType } from '../../types/logical-type.ts';

/** Every node knows its place in the text. */
export interface Node {
  readonly span: SourceSpan;
}

/** One identifier, without its backticks. */
export interface Name extends Node {
  readonly kind: 'name';
  readonly value: string;
}

/** `cat.db.t`, `t.c.f`: at least one part. */
export interface QualifiedName extends Node {
  readonly kind: 'qualifiedName';
  readonly parts: readonly Name[];
}

/** A type as written; defaults filled in as Flink does (DECIMAL = (10, 0), TIMESTAMP = (6), VARCHAR = STRING). */
export interface TypeNode extends Node {
  readonly kind: 'type';
  readonly type: LogicalType;
}

/** `'key' = 'value'` of WITH, OPTIONS hints, PARTITION and SET. */
export interface OptionNode extends Node {
  readonly kind: 'option';
  readonly key: string;
  readonly value: string;
  readonly keySpan: SourceSpan;
  readonly valueSpan: SourceSpan;
}
