package io.tollgate.spring.boot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Properties {@code tollgate.redis.*}. Those that say where Redis is have the values of {@code spring.data.redis.*} as
 * defaults.
 */
public final class RedisProperties {
    /**
     * Shares limits in Redis. Unset: if any property, here or of spring.data.redis, says where Redis is.
     */
    private @Nullable Boolean enabled;

    /** URL of one Redis, such as redis://user:password@host:6379/0, or rediss for TLS. */
    private @Nullable String url;

    /** Host of one Redis. */
    private @Nullable String host;

    /** Port of one Redis; 6379 by default. */
    private @Nullable Integer port;

    /**
     * Kind of deployment. Unset: sentinel if there is a sentinel-master, cluster if there are other nodes, else
     * standalone.
     */
    private @Nullable Mode mode;

    /** Sentinels, or nodes of the cluster, each host:port. */
    private List<String> nodes = new ArrayList<>();

    /** Name of the master that the sentinels know. */
    private @Nullable String sentinelMaster;

    /** ACL user. */
    private @Nullable String username;

    /** Password. It is not sent to sentinels. */
    private @Nullable String password;

    /** Number of the database; 0 by default, and the only one of a cluster. */
    private @Nullable Integer database;

    /** Uses TLS for connections. */
    private @Nullable Boolean ssl;

    /** SSL bundle with the certificates to trust. Unset: those that the JVM trusts. */
    private @Nullable String sslBundle;

    /** Prefix of all keys, so that applications with one Redis have buckets of their own. */
    private @Nullable String namespace;

    /** Time limit of a decision; after it, this process decides. */
    private Duration deadline = Duration.ofMillis(50);

    /** Time limit for making a connection. */
    private Duration connectTimeout = Duration.ofSeconds(1);

    /** Maximum of decisions that wait for one node; beyond it, this process decides. */
    private int maxQueued = 10_000;

    /** The kind of a deployment of Redis. */
    public enum Mode {
        /** One Redis. */
        STANDALONE,
        /** A master that sentinels name. */
        SENTINEL,
        /** A Redis Cluster. */
        CLUSTER
    }

    public @Nullable Boolean getEnabled() {
        return enabled;
    }

    public void setEnabled(@Nullable Boolean enabled) {
        this.enabled = enabled;
    }

    public @Nullable String getUrl() {
        return url;
    }

    public void setUrl(@Nullable String url) {
        this.url = url;
    }

    public @Nullable String getHost() {
        return host;
    }

    public void setHost(@Nullable String host) {
        this.host = host;
    }

    public @Nullable Integer getPort() {
        return port;
    }

    public void setPort(@Nullable Integer port) {
        this.port = port;
    }

    public @Nullable Mode getMode() {
        return mode;
    }

    public void setMode(@Nullable Mode mode) {
        this.mode = mode;
    }

    public List<String> getNodes() {
        return nodes;
    }

    public void setNodes(List<String> nodes) {
        this.nodes = nodes;
    }

    public @Nullable String getSentinelMaster() {
        return sentinelMaster;
    }

    public void setSentinelMaster(@Nullable String sentinelMaster) {
        this.sentinelMaster = sentinelMaster;
    }

    public @Nullable String getUsername() {
        return username;
    }

    public void setUsername(@Nullable String username) {
        this.username = username;
    }

    public @Nullable String getPassword() {
        return password;
    }

    public void setPassword(@Nullable String password) {
        this.password = password;
    }

    public @Nullable Integer getDatabase() {
        return database;
    }

    public void setDatabase(@Nullable Integer database) {
        this.database = database;
    }

    public @Nullable Boolean getSsl() {
        return ssl;
    }

    public void setSsl(@Nullable Boolean ssl) {
        this.ssl = ssl;
    }

    public @Nullable String getSslBundle() {
        return sslBundle;
    }

    public void setSslBundle(@Nullable String sslBundle) {
        this.sslBundle = sslBundle;
    }

    public @Nullable String getNamespace() {
        return namespace;
    }

    public void setNamespace(@Nullable String namespace) {
        this.namespace = namespace;
    }

    public Duration getDeadline() {
        return deadline;
    }

    public void setDeadline(Duration deadline) {
        this.deadline = deadline;
    }

    public Duration getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public int getMaxQueued() {
        return maxQueued;
    }

    public void setMaxQueued(int maxQueued) {
        this.maxQueued = maxQueued;
    }
}
