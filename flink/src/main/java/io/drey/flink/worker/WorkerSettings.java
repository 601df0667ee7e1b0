package io.drey.flink.worker;

import java.io.Serializable;

/**
 * How the worker is started.
 *
 * @param node path of the node program that the job or the cluster names, null for none
 * @param heapMegabytes limit of its JavaScript heap
 */
public record WorkerSettings(String node, int heapMegabytes) implements Serializable {}
