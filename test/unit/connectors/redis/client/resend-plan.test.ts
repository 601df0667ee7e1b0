// The law of sending again: after any breaks and refusals each key ends with its newest value, and what is done and has no
// unfinished command of its key before it is left alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandBatch } from '../../../../../src/connectors/redis/client/command-batch.ts';
import { Job } from '../../../../../src/connectors/redis/client/job.ts';
import { RedisReplyError, type Reply } from '../../../../../src/connectors/redis/client/port.ts';
import { planResend } from '../../../../../src/connectors/redis/client/resend-plan.ts';
import { ConnectorError } from '../../../../../src/types/errors.ts';

const OWNER = { refusedForNow: () => {}, redirected: () => false, answered: () => {} };
const LOADING = new RedisReplyError('LOADING Redis is loading the dataset in memory');
const BROKEN = new ConnectorError('broken');

function jobOf(commands: readonly (readonly string[])[], wantsReplies = false): Job {
  const batch = new CommandBatch();
  for (const command of commands) batch.add(command);
  return new Job(
    batch,
    wantsReplies,
    OWNER,
    () => {},
    () => {},
  );
}

/** What is sent again, by the words. */
function planned(...jobs: Job[]): string[] {
  const { batch } = planResend(jobs);
  return Array.from({ length: batch.count }, (_, i) => batch.commandAt(i).join(' '));
}

function answer(job: Job, replies: readonly Reply[]): void {
  replies.forEach((reply, i) => {
    job.reply(i, reply);
  });
}

describe('planResend', () => {
  it('takes what was refused and what of the same keys came behind, also in later batches', () => {
    const first = jobOf([
      ['SET', 'a', '1'],
      ['SET', 'b', '1'],
      ['SET', 'a', '2'],
      ['SET', 'c', '1'],
    ]);
    const second = jobOf([
      ['SET', 'c', '2'],
      ['DEL', 'x', 'a'],
      ['SET', 'x', '3'],
      ['SET', 'b', '2'],
    ]);
    answer(first, ['OK', 'OK', LOADING, 'OK']);
    answer(second, ['OK', 1, 'OK', 'OK']);
    expect(planned(first, second)).toEqual(['SET a 2', 'DEL x a', 'SET x 3']);
  });

  it('takes everything behind a command whose keys are not known', () => {
    const job = jobOf([['SET', 'a', '1'], ['EVAL', 'x', '0'], ['PING'], ['SET', 'b', '1']]);
    answer(job, ['OK', LOADING, 'PONG', 'OK']);
    expect(planned(job)).toEqual(['EVAL x 0', 'SET b 1']);
  });

  it('takes a transaction as a whole', () => {
    const job = jobOf([
      ['SET', 'a', '1'],
      ['MULTI'],
      ['SET', 'a', '2'],
      ['SET', 'b', '2'],
      ['EXEC'],
      ['SET', 'c', '3'],
    ]);
    answer(job, ['OK', 'OK', 'QUEUED']);
    job.failed(BROKEN, 3);
    expect(planned(job)).toEqual(['MULTI', 'SET a 2', 'SET b 2', 'EXEC', 'SET c 3']);
  });

  it('keeps the first refusal for good, and forgets it when the command succeeds later', () => {
    const job = jobOf([
      ['SET', 'a', '1'],
      ['LPUSH', 'a', '2'],
      ['LPUSH', 'b', '2'],
    ]);
    const wrongType = new RedisReplyError('WRONGTYPE no list');
    answer(job, [LOADING, wrongType, wrongType]);
    expect(planned(job)).toEqual(['SET a 1', 'LPUSH a 2']);
    job.reply(0, 'OK');
    job.reply(1, 1);
    expect(job.failure).toEqual({ index: 2, error: wrongType });
    expect(job.hasOpen).toBe(false);
  });

  it('holds for any course of events', () => {
    const keys = fc.constantFrom('a', 'b', 'c', 'd');
    const batches = fc.array(fc.array(keys, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });
    // For each command sent: done, refused, or (from there on) not answered, executed or not.
    const fates = fc.infiniteStream(fc.constantFrom('done', 'done', 'done', 'refused', 'lost', 'lost after'));
    fc.assert(
      fc.property(batches, fates, (all, fate) => {
        const executed: (readonly [key: string, value: string])[] = [];
        const newest = new Map<string, string>();
        let n = 0;
        const window = all.map((each) =>
          jobOf(
            each.map((key) => {
              newest.set(key, String(n));
              return ['SET', key, String(n++)];
            }),
          ),
        );
        let sent = window.flatMap((job) => Array.from({ length: job.count }, (_, index) => ({ job, index })));
        for (let round = 0; sent.length > 0; round++) {
          let broken = false;
          for (const { job, index } of sent) {
            job.reopen(index);
            const next = round > 20 ? 'done' : fate.next().value;
            if (broken) continue;
            const [, key = '', value = ''] = job.batch.commandAt(index);
            if (next === 'done' || next === 'lost after') executed.push([key, value]);
            if (next === 'done') job.reply(index, 'OK');
            else if (next === 'refused') job.reply(index, LOADING);
            else broken = true;
          }
          const plan = planResend(window);
          sent = plan.jobs.map((job, i) => ({ job, index: plan.indexes[i]! }));
        }
        for (const [key, value] of newest) expect(executed.findLast(([k]) => k === key)?.[1]).toBe(value);
        expect(window.some((job) => job.hasOpen)).toBe(false);
      }),
    );
  });
});
