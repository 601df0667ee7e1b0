// Which kinds of changes a stream carries (org.apache.flink.table.connector.ChangelogMode).
import { RowKind, rowKindName } from './row.ts';

export class ChangelogMode {
  static readonly insertOnly = new ChangelogMode([RowKind.INSERT]);
  /** Idempotent updates on a key: no -U. */
  static readonly upsert = new ChangelogMode([RowKind.INSERT, RowKind.UPDATE_AFTER, RowKind.DELETE]);
  static readonly all = new ChangelogMode([
    RowKind.INSERT,
    RowKind.UPDATE_BEFORE,
    RowKind.UPDATE_AFTER,
    RowKind.DELETE,
  ]);

  readonly kinds: ReadonlySet<RowKind>;

  constructor(kinds: Iterable<RowKind>) {
    this.kinds = new Set([...kinds].sort());
    if (this.kinds.size === 0)
      throw new Error('At least one kind of row should be contained in a changelog.');
  }

  contains(kind: RowKind): boolean {
    return this.kinds.has(kind);
  }

  containsOnly(kind: RowKind): boolean {
    return this.kinds.size === 1 && this.kinds.has(kind);
  }

  equals(other: ChangelogMode): boolean {
    return this.kinds.size === other.kinds.size && [...this.kinds].every((k) => other.kinds.has(k));
  }

  /** `[INSERT, UPDATE_AFTER]`, as Flink prints it. */
  toString(): string {
    return `[${[...this.kinds].map(rowKindName).join(', ')}]`;
  }
}
