// One Flink cluster for all test files. It is started with the run and ends with it; with DREY_FLINK_RUN=FOLDER the one that
// `npm run flink -- start --folder FOLDER` has started is used, which spares its start while tests are written.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { type FlinkVersion, startFlink } from '../../../scripts/flink/cluster.mjs';
import { type FlinkPlace, placeOf } from './place.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    flink: FlinkPlace;
  }
}

/** The version that tests run on. */
function wantedVersion(): FlinkVersion {
  return (process.env['DREY_FLINK_VERSION'] ?? '1.20') as FlinkVersion;
}

function runningPlace(folder: string, version: FlinkVersion): FlinkPlace {
  const state = JSON.parse(readFileSync(path.join(folder, `flink-${version}.json`), 'utf8')) as {
    readonly host: string;
    readonly home: string;
    readonly ports: { readonly restPort: number; readonly gatewayPort: number };
  };
  const { host, home, ports } = state;
  return { version, host, ...ports, folder: home, log: path.join(home, 'taskmanager-1.log') };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const version = wantedVersion();
  const running = process.env['DREY_FLINK_RUN'];
  if (running !== undefined) {
    project.provide('flink', runningPlace(running, version));
    return async () => {};
  }
  const cluster = await startFlink({
    version,
    // Hundreds of small jobs: the thorough compiler would cost more than it brings.
    javaOptions: ['-XX:TieredStopAtLevel=1'],
    say: (line) => process.stderr.write(`${line}\n`),
  });
  project.provide('flink', placeOf(cluster));
  return () => cluster.close();
}
