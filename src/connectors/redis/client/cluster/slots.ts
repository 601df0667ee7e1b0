// Which of a cluster's 16384 slots a key belongs to: CRC16 (XMODEM) of the key, or of its hash tag (`{tag}`).
// https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model

export const SLOTS = 16_384;

const OPEN = 123; // {
const CLOSE = 125; // }

const TABLE = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  TABLE[byte] = crc;
}

/** Slot of the key in `bytes` from `start` (inclusive) to `end` (exclusive). */
export function slotOf(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === OPEN) {
      const close = bytes.indexOf(CLOSE, i + 1);
      // An empty tag is none, and only the first brace counts.
      if (close > i + 1 && close < end) return slotOfTag(bytes, i + 1, close);
      return slotOfTag(bytes, start, end);
    }
    crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ byte]!;
  }
  return crc % SLOTS;
}

function slotOfTag(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ bytes[i]!]!;
  return crc % SLOTS;
}

export function slotOfKey(key: string): number {
  return slotOf(Buffer.from(key));
}
