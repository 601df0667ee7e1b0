// Where a Flink cluster is, as plain data: it goes from the run that starts the cluster to the test files.
import type { FlinkHandle, FlinkVersion } from '../../../scripts/flink/cluster.mjs';

export interface FlinkPlace {
  readonly version: FlinkVersion;
  readonly host: string;
  readonly restPort: number;
  readonly gatewayPort: number;
  /** Where its files are. */
  readonly folder: string;
  /** What the TaskManager prints. */
  readonly log: string;
}

/** The log is that of the TaskManager that runs now. */
export function placeOf(cluster: FlinkHandle): FlinkPlace {
  const { version, host, restPort, gatewayPort, folder, taskManagers } = cluster;
  const { log } = taskManagers.find(({ running }) => running)!;
  return { version, host, restPort, gatewayPort, folder, log };
}
