package io.tollgate.ratelimit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** How to reach Redis. */
final class RedisSettings {
    private final JedisClientConfig config;
    private final JedisClientConfig sentinelConfig;
    private final int connectTimeoutMillis;
    private final int readTimeoutMillis;
    private final @Nullable SSLContext tls;

    RedisSettings(
            @Nullable String username,
            @Nullable String password,
            int database,
            @Nullable SSLContext tls,
            int connectTimeoutMillis,
            int readTimeoutMillis) {
        this.connectTimeoutMillis = connectTimeoutMillis;
        this.readTimeoutMillis = readTimeoutMillis;
        this.tls = tls;
        this.sentinelConfig = common().build();
        DefaultJedisClientConfig.Builder builder = common().database(database);
        if (username != null) {
            builder.user(username);
        }
        if (password != null) {
            builder.password(password);
        }
        this.config = builder.build();
    }

    private DefaultJedisClientConfig.Builder common() {
        return DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(connectTimeoutMillis)
                .socketTimeoutMillis(readTimeoutMillis)
                .serverDefaultProtocol()
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .clientName("tollgate");
    }

    Connection connect(HostAndPort node) {
        return connect(node, config);
    }

    private Connection connect(HostAndPort node, JedisClientConfig as) {
        return new Connection(() -> socket(node), as);
    }

    private Socket socket(HostAndPort node) {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSoTimeout(readTimeoutMillis);
            socket.connect(new InetSocketAddress(node.getHost(), node.getPort()), connectTimeoutMillis);
            return tls == null ? socket : secured(socket, node, tls);
        } catch (IOException | RuntimeException e) {
            try {
                socket.close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw new JedisConnectionException("cannot connect to " + node + ": " + e.getMessage(), e);
        }
    }

    private static Socket secured(Socket plain, HostAndPort node, SSLContext tls) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, node.getHost(), node.getPort(), true);
        SSLParameters verified = socket.getSSLParameters();
        verified.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(verified);
        socket.startHandshake();
        return socket;
    }

    /** Connects to the node that the first sentinel to answer calls the master. */
    Connection connectToMaster(String masterName, List<HostAndPort> sentinels) {
        JedisException last = new JedisConnectionException("no sentinel knows " + masterName);
        for (HostAndPort sentinel : sentinels) {
            try (Connection asked = connect(sentinel, sentinelConfig)) {
                asked.sendCommand(Command.SENTINEL, "get-master-addr-by-name", masterName);
                List<String> address = asked.getMultiBulkReply();
                if (address != null && address.size() == 2) {
                    return connect(new HostAndPort(address.get(0), Integer.parseInt(address.get(1))));
                }
            } catch (JedisException e) {
                last = e;
            }
        }
        throw last;
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
}
