/**
 * Redis tables by Java's clients, as short and as fast as they can be written: two text columns, SET and GET, no other option. What
 * the connector is measured against.
 */
package io.drey.flink.bench;
