// The worker as the jar carries it: one file, which runs where nothing of the project is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWorker } from '../../../scripts/flink/build-worker.mjs';
import { FrameReader, FrameType } from '../../../src/worker/frames.ts';

const PACKAGE = resolve(import.meta.dirname, '../../../package.json');

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drey-worker-'));
  await buildWorker(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('is one file', () => {
  expect(readdirSync(folder)).toEqual(['worker.cjs']);
});

test('greets with the version of the package, and ends with its input', async () => {
  const worker = spawn(process.execPath, ['worker.cjs'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const hello = Promise.withResolvers<string>();
  const reader = new FrameReader((type, _channel, _id, body) => {
    if (type === FrameType.HELLO) hello.resolve(Buffer.from(body).toString());
  });
  worker.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
  const ended = once(worker, 'exit');
  void ended.then(([code]) => hello.reject(new Error(`it ended with ${code} without a greeting`)));
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  expect(await hello.promise).toContain(`"core":"${version}"`);
  worker.stdin.end();
  expect(await ended).toEqual([0, null]);
});
