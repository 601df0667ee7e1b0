// A process of its own: makes objects of which many survive, until V8's room for new ones is above the bound, or has stayed at it.
import process from 'node:process';
import { getHeapSpaceStatistics } from 'node:v8';
import { YoungGeneration } from '../../src/cli/young-generation.ts';
import { systemClock } from '../../src/types/clock.ts';

const ROUNDS_AT_THE_BOUND = 100;
const BOUND_MB = 32;
const MANY = 60_000;
const PER_ROUND = 5 * MANY;

const roomMb = () =>
  getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')!.space_size / 1024 / 1024;
const room = new YoungGeneration(systemClock);
for (const threads of process.argv.slice(2)) room.jobBegins(Number(threads));

let alive: object[] = [];
let atTheBound = 0;
while (roomMb() <= BOUND_MB && atTheBound < ROUNDS_AT_THE_BOUND) {
  for (let i = 0; i < PER_ROUND; i++) {
    if (alive.length > MANY) alive = [];
    alive.push({ number: i, list: [i] });
  }
  if (roomMb() === BOUND_MB) atTheBound++;
  await new Promise((resolve) => setTimeout(resolve, roomMb() < BOUND_MB ? 0 : 1));
}
room.close();
process.stdout.write(String(roomMb()));
