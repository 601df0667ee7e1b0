import type { FlinkVersion } from './cluster.mjs';

export function ensureConnectorJar(say?: (line: string) => void): string;

export const FLINK_VERSIONS: readonly FlinkVersion[];
