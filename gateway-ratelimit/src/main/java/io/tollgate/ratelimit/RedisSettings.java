package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tollgate.ratelimit.BoundedReplies.Bounds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Makes connections to Redis, in the same way with every version of Jedis from 6.0.0 on. */
final class RedisSettings {
    private final JedisClientConfig config;
    private final JedisClientConfig sentinelConfig;
    private final int connectTimeoutMillis;
    private final int readTimeoutMillis;
    private final @Nullable SSLContext tls;
    private final Bounds decisionBounds;
    private final Bounds topologyBounds;

    RedisSettings(
            @Nullable String username,
            RedisPassword password,
            int database,
            @Nullable SSLContext tls,
            int connectTimeoutMillis,
            int readTimeoutMillis) {
        this.connectTimeoutMillis = connectTimeoutMillis;
        this.readTimeoutMillis = readTimeoutMillis;
        this.tls = tls;
        this.config = new Login(username, password, database, readTimeoutMillis);
        this.sentinelConfig = new Login(null, new RedisPassword(() -> null), 0, readTimeoutMillis);
        long nanosPerReply = TimeUnit.MILLISECONDS.toNanos(2L * readTimeoutMillis);
        this.decisionBounds = new Bounds(16_384, 64, nanosPerReply);
        this.topologyBounds = new Bounds(8 << 20, 1 << 18, nanosPerReply);
    }

    /** Connects to a node that is to decide. */
    RedisLink connect(HostAndPort node) {
        return connect(node, config, decisionBounds);
    }

    private RedisLink connect(HostAndPort node, JedisClientConfig as, Bounds bounds) {
        Socket socket = new Socket();
        try {
            return new RedisLink(new Connection(() -> connected(socket, node, bounds), as), socket);
        } catch (RuntimeException | Error e) {
            try {
                socket.close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private Socket connected(Socket socket, HostAndPort node, Bounds bounds) {
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSoTimeout(readTimeoutMillis);
            socket.connect(new InetSocketAddress(node.getHost(), node.getPort()), connectTimeoutMillis);
            return new BoundedSocket(tls == null ? socket : secured(socket, node, tls), bounds);
        } catch (JedisConnectionException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new JedisConnectionException("cannot connect to " + node + ": " + e.getMessage(), e);
        }
    }

    private static Socket secured(Socket plain, HostAndPort node, SSLContext tls) {
        try {
            SSLSocket socket =
                    (SSLSocket) tls.getSocketFactory().createSocket(plain, node.getHost(), node.getPort(), true);
            SSLParameters verified = socket.getSSLParameters();
            verified.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(verified);
            socket.startHandshake();
            return socket;
        } catch (IOException | RuntimeException e) {
            throw new JedisConnectionException("TLS handshake with " + node + " failed: " + e.getMessage(), e);
        }
    }

    /** Connects to the master that the first available sentinel names. */
    RedisLink connectToMaster(String masterName, List<HostAndPort> sentinels) {
        RuntimeException last = new JedisConnectionException("no sentinel knows " + masterName);
        for (HostAndPort sentinel : sentinels) {
            try {
                HostAndPort master = askForMaster(sentinel, masterName);
                if (master != null) {
                    return connect(master);
                }
            } catch (RuntimeException e) {
                // Unreachable, or an invalid reply, or its master cannot be reached: another one may know better.
                last = e;
            }
        }
        throw last;
    }

    private @Nullable HostAndPort askForMaster(HostAndPort sentinel, String masterName) {
        try (RedisLink asked = connect(sentinel, sentinelConfig, topologyBounds)) {
            asked.connection().sendCommand(Command.SENTINEL, "get-master-addr-by-name", masterName);
            Object reply = asked.connection().getOne();
            if (reply == null) {
                return null;
            }
            if (reply instanceof List<?> address
                    && address.size() == 2
                    && address.get(0) instanceof byte[] host
                    && address.get(1) instanceof byte[] port) {
                return new HostAndPort(ClusterSlots.checkedHost(new String(host, US_ASCII)), port(port));
            }
            throw new IllegalStateException("sentinel " + sentinel + ": an invalid reply (expected: host and port)");
        }
    }

    private static int port(byte[] text) {
        int port = Integer.parseInt(new String(text, US_ASCII));
        if (port < 1 || port > 65_535) {
            throw new IllegalStateException("port: " + port + " (expected: 1 to 65535)");
        }
        return port;
    }

    /** Asks a node for the slots of its cluster. */
    ClusterSlots askForSlots(HostAndPort node) {
        try (RedisLink asked = connect(node, config, topologyBounds)) {
            asked.connection().sendCommand(Command.CLUSTER, "SLOTS");
            return ClusterSlots.read(asked.connection().getOne(), node);
        }
    }

    /** Reads {@code host:port}. */
    static HostAndPort node(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (colon > 0 && port > 0 && port < 65_536) {
                return new HostAndPort(text.substring(0, colon), port);
            }
        } catch (NumberFormatException e) {
            throw notANode(text, e);
        }
        throw notANode(text, null);
    }

    private static IllegalArgumentException notANode(String text, @Nullable Exception cause) {
        return new IllegalArgumentException("node: \"" + text + "\" (expected: host:port)", cause);
    }

    /**
     * The first commands of a connection: {@code AUTH}, the name of the client, {@code SELECT}. No protocol is
     * requested, so every server uses RESP2, its default; the builder of Jedis 8 would negotiate RESP3 unless a method
     * says otherwise that older versions do not have.
     */
    private static final class Login implements JedisClientConfig {
        private final @Nullable String username;
        private final RedisPassword password;
        private final int database;
        private final int readTimeoutMillis;

        Login(@Nullable String username, RedisPassword password, int database, int readTimeoutMillis) {
            this.username = username;
            this.password = password;
            this.database = database;
            this.readTimeoutMillis = readTimeoutMillis;
        }

        @Override
        public @Nullable RedisProtocol getRedisProtocol() {
            return null;
        }

        // Exists since Jedis 8.
        @Override
        public boolean isAutoNegotiateProtocol() {
            return false;
        }

        @Override
        public int getSocketTimeoutMillis() {
            return readTimeoutMillis;
        }

        @Override
        public @Nullable String getUser() {
            return username;
        }

        @Override
        public @Nullable String getPassword() {
            return password.forConnection();
        }

        @Override
        public int getDatabase() {
            return database;
        }

        @Override
        public String getClientName() {
            return "tollgate";
        }

        @Override
        public ClientSetInfoConfig getClientSetInfoConfig() {
            return ClientSetInfoConfig.DISABLED;
        }
    }
}
