package io.drey.flink;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** A real redis-server on a free port, without files. */
final class RedisServer implements AutoCloseable {
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Process process;
    private final int port;

    private RedisServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static RedisServer start(String... arguments) throws IOException, InterruptedException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of("redis-server", "--port", String.valueOf(port)));
        command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        RedisServer server = new RedisServer(builder.start(), port);
        server.awaitReady();
        return server;
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT_NANOS;
        while (true) {
            try (Jedis jedis = new Jedis("127.0.0.1", port)) {
                jedis.connect();
                return;
            } catch (JedisConnectionException e) {
                if (System.nanoTime() > deadline || !process.isAlive()) {
                    close();
                    throw new IOException("redis-server does not start", e);
                }
                process.waitFor(20, TimeUnit.MILLISECONDS);
            }
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    Jedis client() {
        return new Jedis("127.0.0.1", port);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
