import type { ServerHandle } from '../services/index.mjs';

export type FlinkVersion = '1.20' | '2.2' | '2.3';

export interface FlinkHandle {
  readonly version: FlinkVersion;
  readonly host: string;
  readonly folder: string;
  /** The copy of the connector's jar that this cluster has; null without one. */
  readonly connectorJar: string | null;
  readonly restPort: number;
  readonly gatewayPort: number;
  readonly jobManager: ServerHandle;
  readonly taskManagers: readonly ServerHandle[];
  readonly gateway: ServerHandle;
  addTaskManager(): Promise<ServerHandle>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export function startFlink(options?: {
  readonly version?: FlinkVersion;
  readonly jar?: string | null;
  readonly moreJars?: readonly string[];
  readonly slots?: number;
  readonly taskManagers?: number;
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly javaOptions?: readonly string[];
  readonly folder?: string;
  readonly keep?: boolean;
  readonly say?: (line: string) => void;
}): Promise<FlinkHandle>;
