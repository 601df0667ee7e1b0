/**
 * The worker process beside a TaskManager: how it is found, started, spoken to and ended. Nothing here knows of Redis.
 */
package io.drey.flink.worker;
