#!/usr/bin/env node
// The `drey` command.
import process from 'node:process';
import { cacheCompiledCode } from './compile-cache.ts';
import { run } from './run.ts';

cacheCompiledCode();

process.exitCode = await run(process.argv.slice(2));
// Sockets and timers of a stopped job must not keep the process.
process.exit();
