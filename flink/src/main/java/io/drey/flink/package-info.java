/**
 * Redis and Tair as tables of Apache Flink: the thin half that plans, caches, counts and checkpoints. Options, modes and commands
 * are the worker's.
 */
package io.drey.flink;
