// Bundles the worker of the Flink host into one CommonJS file: the jar carries it as a resource and hands it to node over a
// pipe, so it cannot have neighbours.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const root = resolve(import.meta.dirname, '..', '..');

/** The bundle, below Maven's own output. */
const FOLDER = join(root, 'flink', 'target', 'worker');

/** Writes worker.cjs into `folder`, which holds nothing else. */
export async function buildWorker(folder = FOLDER) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await build({
    config: false,
    cwd: root,
    entry: { worker: 'src/worker/main.ts' },
    outDir: folder,
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
    // There is no package.json beside it.
    define: { DREY_VERSION: JSON.stringify(version) },
    logLevel: 'error',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWorker();
