package io.tollgate.runner.auth;

import io.tollgate.auth.refresh.BoundedRedisSockets;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.GatewayConfig.HostPort;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.PooledConnectionProvider;

/** The Redis of the configuration, for refresh tokens and revocations; buckets have a connection of their own. */
final class RedisStores {
    /** A request that waits for Redis longer than this is rejected with 503. */
    private static final int TIMEOUT_MILLIS = 1000;

    /** Two threads for refresh tokens, one for revocations, and one that reads their news. */
    private static final int CONNECTIONS = 4;

    private RedisStores() {}

    /** A client, whose connections send the password of their moment. For a cluster, or behind Sentinels, connects first, which blocks and may fail. */
    static UnifiedJedis connect(GatewayConfig.Redis config, Optional<Supplier<String>> password) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(CONNECTIONS);
        DefaultJedisClientConfig client = client(config, password);
        return switch (config.mode()) {
            case STANDALONE -> {
                HostAndPort address = new HostAndPort(config.host(), config.port());
                BoundedRedisSockets sockets = new BoundedRedisSockets(
                        new DefaultJedisSocketFactory(address, client), Duration.ofMillis(TIMEOUT_MILLIS));
                yield RedisClient.builder()
                        .hostAndPort(address)
                        .clientConfig(client)
                        .connectionProvider(new PooledConnectionProvider(new ConnectionFactory(sockets, client), pool))
                        .build();
            }
            case SENTINEL ->
                RedisSentinelClient.builder()
                        .masterName(config.sentinelMaster())
                        .sentinels(nodes(config))
                        .clientConfig(client)
                        .poolConfig(pool)
                        .build();
            case CLUSTER ->
                RedisClusterClient.builder()
                        .nodes(nodes(config))
                        .clientConfig(client)
                        .poolConfig(pool)
                        .build();
        };
    }

    private static DefaultJedisClientConfig client(GatewayConfig.Redis config, Optional<Supplier<String>> password) {
        DefaultJedisClientConfig.Builder client =
                DefaultJedisClientConfig.builder().timeoutMillis(TIMEOUT_MILLIS);
        if (config.tls()) {
            client.sslOptions(SslOptions.defaults());
        }
        if (config.mode() != GatewayConfig.RedisMode.CLUSTER) {
            client.database(config.db());
        }
        String user = config.username().orElse(null);
        // Called for each connection.
        password.ifPresentOrElse(
                current -> client.credentialsProvider(() -> new DefaultRedisCredentials(user, current.get())),
                () -> client.user(user));
        return client.build();
    }

    private static Set<HostAndPort> nodes(GatewayConfig.Redis config) {
        Set<HostAndPort> nodes = new LinkedHashSet<>();
        for (HostPort node : config.nodes()) {
            nodes.add(new HostAndPort(node.host(), node.port()));
        }
        return nodes;
    }
}
