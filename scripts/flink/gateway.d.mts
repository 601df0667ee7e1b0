export class FlinkError extends Error {
  readonly text: string;
}

interface Limit {
  readonly limitMs?: number;
}

export interface StatementResult {
  readonly columns: readonly { readonly name: string }[];
  /** Each begins with its kind: `+I`. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly jobId: string | null;
}

export class GatewaySession {
  static open(
    cluster: { readonly host: string; readonly gatewayPort: number },
    properties?: Readonly<Record<string, string>>,
  ): Promise<GatewaySession>;
  execute(statement: string, options?: Limit): Promise<StatementResult>;
  close(): Promise<unknown>;
}

export class FlinkJobs {
  constructor(cluster: { readonly host: string; readonly restPort: number });
  /** Any GET of the JobManager's REST interface. */
  get<T = unknown>(path: string): Promise<T>;
  state(jobId: string): Promise<string>;
  failure(jobId: string): Promise<string | null>;
  finished(jobId: string, limitMs?: number): Promise<void>;
  running(jobId: string, limitMs?: number): Promise<void>;
  cancel(jobId: string, limitMs?: number): Promise<void>;
  savepoint(jobId: string, limitMs?: number): Promise<string>;
  stop(jobId: string, limitMs?: number): Promise<string>;
}

export function splitStatements(script: string): string[];
