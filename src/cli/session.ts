// What the command line needs of a table environment.
import type { JobHandle } from '../runtime/job.ts';
import type { Statement } from '../sql/ast.ts';
import type { DreyError } from '../types/errors.ts';
import type { Row, RowBatch } from '../types/row.ts';
import type { Field } from '../types/schema.ts';

export type ExecutionResult =
  /** Done, nothing to show. */
  | { readonly kind: 'ok' }
  /** A finished result: SHOW, DESCRIBE, SET. `text`: one cell that is shown as it is (EXPLAIN, SHOW CREATE). */
  | {
      readonly kind: 'table';
      readonly columns: readonly Field[];
      readonly rows: readonly Row[];
      readonly text: boolean;
    }
  /** A SELECT: its job runs while the rows are taken. */
  | {
      readonly kind: 'query';
      readonly columns: readonly Field[];
      readonly batches: AsyncIterable<RowBatch>;
      readonly job: JobHandle;
    }
  /** An INSERT or a statement set. */
  | { readonly kind: 'job'; readonly job: JobHandle };

export interface Session {
  execute(statement: Statement): Promise<ExecutionResult>;
  /** The plans of an INSERT, a query or a statement set. */
  explain(statement: Statement): Promise<string>;
  /** Every error of a script: parsed, bound, options validated, nothing connected. */
  check(text: string): Promise<readonly DreyError[]>;
  /** The session's value of a job option. */
  config(key: string): string | undefined;
  /** IANA name of `table.local-time-zone`. */
  timeZone(): string;
}
