// The layout of record batches (magic 2), shared by reading and writing.
// https://kafka.apache.org/documentation/#recordbatch

/** Base offset (8) and length (4) stand before what `length` counts. */
export const BATCH_PREFIX = 12;
export const BASE_OFFSET = 0;
export const BATCH_LENGTH = 8;
export const LEADER_EPOCH = 12;
export const MAGIC = 16;
export const CRC = 17;
export const ATTRIBUTES = 21;
export const LAST_OFFSET_DELTA = 23;
export const BASE_TIMESTAMP = 27;
export const MAX_TIMESTAMP = 35;
export const PRODUCER_ID = 43;
export const PRODUCER_EPOCH = 51;
export const BASE_SEQUENCE = 53;
export const RECORD_COUNT = 57;
/** Where the records begin. */
export const BATCH_HEADER = 61;

export const CODEC_MASK = 0x07;
export const LOG_APPEND_TIME = 0x08;
export const TRANSACTIONAL = 0x10;
export const CONTROL = 0x20;

/** Type of a control record: the end of a transaction that was given up. */
export const CONTROL_ABORT = 0;
