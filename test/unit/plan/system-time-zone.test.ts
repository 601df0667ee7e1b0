import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isUtc, systemTimeZone } from '../../../src/plan/system-time-zone.ts';

const folder = mkdtempSync(join(tmpdir(), 'drey-zone-'));
afterAll(() => rmSync(folder, { recursive: true }));

function link(name: string, target: string): string {
  const path = join(folder, name);
  symlinkSync(target, path);
  return path;
}

const UTC = link('utc', '/usr/share/zoneinfo/Etc/UTC');
const BERLIN = link('berlin', '/usr/share/zoneinfo/Europe/Berlin');

test('it is what Intl says', () => {
  expect(systemTimeZone()).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
});

describe('whether the machine is on UTC without doubt', () => {
  test.each([
    ['UTC', BERLIN, true],
    ['Etc/UTC', BERLIN, true],
    ['Europe/Berlin', UTC, false],
    ['', UTC, false],
    [undefined, UTC, true],
    [undefined, link('plain', '../zoneinfo/UTC'), true],
    [undefined, BERLIN, false],
    [undefined, link('other', '/etc/NOT_UTC'), false],
    [undefined, join(folder, 'missing'), false],
  ])('TZ %s, link %s: %s', (tz, path, expected) => {
    expect(isUtc(tz, path)).toBe(expected);
  });

  test('a copy of the zone data is no link', () => {
    const copy = join(folder, 'copy');
    writeFileSync(copy, 'TZif');
    expect(isUtc(undefined, copy)).toBe(false);
  });
});
