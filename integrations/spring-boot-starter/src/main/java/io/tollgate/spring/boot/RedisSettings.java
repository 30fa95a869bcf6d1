package io.tollgate.spring.boot;

import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.spring.boot.RedisProperties.Mode;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;

/**
 * Reads where Redis is: from {@code tollgate.redis.*}, and else from {@code spring.data.redis.*}. The class of Boot for the
 * latter has another name in each line of versions, so that its values are read by their names.
 */
final class RedisSettings {
    private static final String OURS = TollgateProperties.PREFIX + ".redis.";
    private static final String BOOTS = "spring.data.redis.";

    private final RedisProperties properties;
    private final Binder binder;
    private final PropertyProblems problems;
    private final @Nullable SslBundles bundles;

    /** True if all of it is from Boot's properties, since ours do not say where Redis is. */
    private final boolean inherited;

    RedisSettings(RedisProperties properties, Binder binder, PropertyProblems problems, @Nullable SslBundles bundles) {
        this.properties = properties;
        this.binder = binder;
        this.problems = problems;
        this.bundles = bundles;
        this.inherited = properties.getUrl() == null
                && properties.getHost() == null
                && properties.getNodes().isEmpty();
    }

    /** Returns a limiter to build; empty without Redis, and if there is a problem, which is noted. */
    Optional<RedisRateLimiter.Builder> read() {
        if (!enabled()) {
            return Optional.empty();
        }
        RedisRateLimiter.Builder builder = RedisRateLimiter.builder();
        return problems.attempt(place(), () -> address(builder)).map(addressed -> {
            credentials(addressed);
            tls(addressed);
            problems.attempt(OURS + "deadline", () -> addressed.deadline(properties.getDeadline()));
            problems.attempt(OURS + "connect-timeout", () -> addressed.connectTimeout(properties.getConnectTimeout()));
            problems.attempt(OURS + "max-queued", () -> addressed.maxQueued(properties.getMaxQueued()));
            if (properties.getNamespace() != null) {
                String namespace = properties.getNamespace();
                problems.attempt(OURS + "namespace", () -> addressed.namespace(namespace));
            }
            return addressed;
        });
    }

    private boolean enabled() {
        if (properties.getEnabled() != null) {
            return properties.getEnabled();
        }
        return !inherited
                || List.of("url", "host", "port", "sentinel.master", "sentinel.nodes", "cluster.nodes").stream()
                        .anyMatch(name ->
                                boots(name).isPresent() || boots(name + "[0]").isPresent());
    }

    /** Returns the property that an unusable address is reported at. */
    private String place() {
        String prefix = inherited ? BOOTS : OURS;
        return switch (mode()) {
            case SENTINEL -> prefix + (inherited ? "sentinel.nodes" : "nodes");
            case CLUSTER -> prefix + (inherited ? "cluster.nodes" : "nodes");
            case STANDALONE -> prefix + (url().isPresent() ? "url" : "host");
        };
    }

    private RedisRateLimiter.Builder address(RedisRateLimiter.Builder builder) {
        return switch (mode()) {
            case SENTINEL ->
                builder.sentinel(
                        sentinelMaster()
                                .orElseThrow(() -> new IllegalArgumentException(
                                        "no master (expected: " + OURS + "sentinel-master)")),
                        nodes("sentinel.nodes"));
            case CLUSTER -> builder.cluster(nodes("cluster.nodes"));
            case STANDALONE ->
                url().isPresent()
                        ? builder.uri(url().get())
                        : builder.standalone(
                                value(properties.getHost(), "host").orElse("localhost"),
                                number(properties.getPort(), "port", 6379));
        };
    }

    private Mode mode() {
        if (properties.getMode() != null) {
            return properties.getMode();
        }
        if (sentinelMaster().isPresent()) {
            return Mode.SENTINEL;
        }
        return (inherited ? nodes("cluster.nodes") : properties.getNodes()).isEmpty() ? Mode.STANDALONE : Mode.CLUSTER;
    }

    private Optional<String> url() {
        return value(properties.getUrl(), "url");
    }

    private Optional<String> sentinelMaster() {
        return value(properties.getSentinelMaster(), "sentinel.master");
    }

    private List<String> nodes(String boots) {
        return inherited
                ? binder.bind(BOOTS + boots, Bindable.listOf(String.class)).orElse(List.of())
                : properties.getNodes();
    }

    private void credentials(RedisRateLimiter.Builder builder) {
        value(properties.getUsername(), "username").ifPresent(builder::username);
        value(properties.getPassword(), "password").ifPresent(builder::password);
        if (properties.getDatabase() != null || url().isEmpty()) {
            int database = number(properties.getDatabase(), "database", 0);
            problems.attempt(OURS + "database", () -> builder.database(database));
            if (database != 0 && mode() == Mode.CLUSTER) {
                problems.add(OURS + "database", database + " (expected: 0, for a cluster)");
            }
        }
    }

    private void tls(RedisRateLimiter.Builder builder) {
        Optional<String> bundle = value(properties.getSslBundle(), "ssl.bundle");
        boolean on = properties.getSsl() != null
                ? properties.getSsl()
                : bundle.isPresent()
                        || boots("ssl.enabled").filter("true"::equals).isPresent();
        if (!on) {
            return;
        }
        if (bundle.isEmpty()) {
            builder.tls(trustStoreOfTheJvm());
            return;
        }
        try {
            if (bundles == null) {
                throw new IllegalStateException("there are no SSL bundles");
            }
            builder.tls(bundles.getBundle(bundle.get()).createSslContext());
        } catch (NoSuchSslBundleException | IllegalStateException e) {
            problems.add(
                    properties.getSslBundle() == null ? BOOTS + "ssl.bundle" : OURS + "ssl-bundle",
                    bundle.get() + " (expected: a usable bundle of spring.ssl.bundle: " + e.getMessage() + ")");
        }
    }

    private static SSLContext trustStoreOfTheJvm() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the trust store of the JVM cannot be used: " + e.getMessage(), e);
        }
    }

    private Optional<String> value(@Nullable String ours, String boots) {
        if (ours != null) {
            return Optional.of(ours);
        }
        return inherited ? boots(boots) : Optional.empty();
    }

    private int number(@Nullable Integer ours, String boots, int otherwise) {
        if (ours != null) {
            return ours;
        }
        return value(null, boots).map(Integer::valueOf).orElse(otherwise);
    }

    private Optional<String> boots(String name) {
        return Optional.ofNullable(
                binder.bind(BOOTS + name, Bindable.of(String.class)).orElse(null));
    }
}
