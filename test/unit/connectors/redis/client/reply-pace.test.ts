import { describe, expect, test } from 'vitest';
import { ReplyPace } from '../../../../../src/connectors/redis/client/reply-pace.ts';

describe('the pace of reading replies', () => {
  test('rests only while the server has work for longer than the rest takes', () => {
    const pace = new ReplyPace();
    expect(pace.mayRest(1_000_000)).toBe(false); // nothing is known of the server
    pace.read(0, 1000);
    pace.read(300, 1001);
    expect(pace.mayRest(750)).toBe(false);
    expect(pace.mayRest(751)).toBe(true);
  });

  test('a server that becomes faster is believed at once, a slower one after some readings', () => {
    const pace = new ReplyPace();
    pace.read(0, 0);
    pace.read(100, 1);
    pace.read(1000, 2);
    expect(pace.mayRest(2400)).toBe(false);
    pace.read(100, 3);
    expect(pace.mayRest(2260)).toBe(true);
    expect(pace.mayRest(2240)).toBe(false);
    for (let now = 4; now < 40; now++) pace.read(100, now);
    expect(pace.mayRest(300)).toBe(true);
    expect(pace.mayRest(256)).toBe(false); // too few for a rest
  });

  test('readings in one moment count together', () => {
    const pace = new ReplyPace();
    pace.read(0, 0);
    for (let i = 1; i <= 10; i++) pace.read(10, i / 1000);
    expect(pace.mayRest(1_000_000)).toBe(false);
    pace.read(100, 1);
    expect(pace.mayRest(499)).toBe(false);
    expect(pace.mayRest(501)).toBe(true);
  });
});
