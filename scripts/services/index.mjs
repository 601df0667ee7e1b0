// Real servers for the quickstart, the tests and the benchmarks: on free ports of the loopback interface, in temporary folders,
// stopped by their own pid. Servers that run already are never touched.
export { makeCertificates } from './certificates.mjs';
export { ensureKafka, startKafka } from './kafka.mjs';
export { freePort } from './ports.mjs';
export {
  ensureRedis,
  redisInPath,
  startCluster,
  startRedis,
  startRedisTls,
  startSentinel,
} from './redis.mjs';
export { redisCommand, redisCommands } from './resp.mjs';
