import { expect, test } from 'vitest';
import { AnswerPace } from '../../../src/worker/answer-pace.ts';

const MEGABYTE = 1024 * 1024;

/** Keys of each question of a job whose rows have `bytes` bytes. */
function questions(pace: AnswerPace, bytes: number, count: number): number[] {
  return Array.from({ length: count }, () => {
    const { keys } = pace;
    pace.answered(keys, keys * bytes);
    return keys;
  });
}

test('small rows are soon asked for by the thousand, and no more', () => {
  expect(questions(new AnswerPace(), 100, 5)).toEqual([16, 128, 1000, 1000, 1000]);
});

test('large rows are asked for a few at a time, huge ones by themselves', () => {
  const pace = new AnswerPace();
  questions(pace, 100, 3);
  expect(questions(pace, MEGABYTE, 3)).toEqual([1000, 4, 4]);
  expect(questions(pace, 100 * MEGABYTE, 3)).toEqual([4, 1, 1]);
  expect(questions(pace, 100, 4)).toEqual([1, 8, 64, 512]);
});

test('answers without a byte', () => {
  expect(questions(new AnswerPace(), 0, 3)).toEqual([16, 128, 1000]);
});
