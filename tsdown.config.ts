import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: { cli: 'src/cli/main.ts', index: 'src/index.ts' },
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
