import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: {
    cli: 'src/cli/main.ts',
    index: 'src/index.ts',
    // Where the threads of a job begin; job-threads.ts knows its name.
    subtask: 'src/table-environment/threads/subtask-main.ts',
  },
  outDir: 'dist',
  format: 'esm',
  platform: 'node',
  target: 'node22.22',
  // `drey` is started for every job: few files to open, but readable stack traces.
  minify: false,
  sourcemap: false,
  clean: true,
  dts: { generator: 'tsgo' },
  logLevel: 'warn',
});
