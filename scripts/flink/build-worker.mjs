// Bundles the worker of the Flink host into one CommonJS file: the jar carries it as a resource and hands it to node over a
// pipe, so it cannot have neighbours.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const root = resolve(import.meta.dirname, '..', '..');

/** The bundle, below Maven's own output. */
export const WORKER_FILE = join(root, 'flink', 'target', 'worker', 'worker.cjs');

export async function buildWorker() {
  await build({
    config: false,
    cwd: root,
    entry: { worker: 'src/worker/main.ts' },
    outDir: 'flink/target/worker',
    format: 'cjs',
    platform: 'node',
    target: 'node22.22',
    minify: false,
    sourcemap: false,
    clean: true,
    dts: false,
    // Everything inside, also what is imported later (the embedded Redis, the reader of key stores).
    deps: { alwaysBundle: [/.*/], onlyBundle: false },
    outputOptions: { codeSplitting: false },
    logLevel: 'error',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWorker();
