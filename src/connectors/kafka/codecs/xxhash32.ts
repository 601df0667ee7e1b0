// xxHash32 with seed 0, which LZ4's frame header needs. https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md

const P1 = 0x9e3779b1;
const P2 = 0x85ebca77;
const P3 = 0xc2b2ae3d;
const P4 = 0x27d4eb2f;
const P5 = 0x165667b1;

const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by));
const round = (acc: number, lane: number) => Math.imul(rotate((acc + Math.imul(lane, P2)) | 0, 13), P1);

export function xxhash32(input: Buffer): number {
  let at = 0;
  let hash = P5;
  if (input.length >= 16) {
    let a = (P1 + P2) | 0;
    let b = P2 | 0;
    let c = 0;
    let d = -P1 | 0;
    for (; at + 16 <= input.length; at += 16) {
      a = round(a, input.readInt32LE(at));
      b = round(b, input.readInt32LE(at + 4));
      c = round(c, input.readInt32LE(at + 8));
      d = round(d, input.readInt32LE(at + 12));
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
  }
  hash = (hash + input.length) | 0;
  for (; at + 4 <= input.length; at += 4) {
    hash = Math.imul(rotate((hash + Math.imul(input.readInt32LE(at), P3)) | 0, 17), P4);
  }
  for (; at < input.length; at++) {
    hash = Math.imul(rotate((hash + Math.imul(input[at] ?? 0, P5)) | 0, 11), P1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  hash = Math.imul(hash ^ (hash >>> 13), P3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
