package io.tollgate.runner;

import io.tollgate.config.FileSecret;
import io.tollgate.config.Secret;
import io.tollgate.config.SecretFile;
import io.tollgate.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets that are in files of their own. A change of those that a gateway shows to others or compares with what it is shown is
 * applied. A change of those that sign is logged: applied at once, it would reject all that was signed with the one before.
 */
final class SecretFiles implements AutoCloseable {
    static final String REDIS_PASSWORD = "redis.password";
    static final String ADMIN_TOKEN = "server.admin.token";

    private static final Logger log = LoggerFactory.getLogger(Gateway.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Set<String> RELOADED = Set.of(REDIS_PASSWORD, ADMIN_TOKEN);

    private final Map<String, SecretFile> files = new HashMap<>();

    SecretFiles(Settings settings) {
        for (FileSecret secret : settings.files()) {
            files.put(secret.key().name(), SecretFile.watch(secret, LOOK_EVERY, now -> changed(secret)));
        }
    }

    private static void changed(FileSecret secret) {
        String key = secret.key().name();
        if (RELOADED.contains(key)) {
            log.atInfo()
                    .addKeyValue("key", key)
                    .addKeyValue("file", secret.file())
                    .log("secret file changed and reloaded");
        } else {
            log.atWarn()
                    .addKeyValue("key", key)
                    .addKeyValue("file", secret.file())
                    .log("secret file changed, restart to apply");
        }
    }

    /**
     * Returns what a secret is at each moment; empty if it is not set.
     *
     * @param key of those that are reloaded
     * @param configured the value at the start
     */
    Optional<Supplier<String>> current(String key, Optional<Secret> configured) {
        SecretFile file = files.get(key);
        return configured.map(
                secret -> file == null ? secret::value : () -> file.get().value());
    }

    @Override
    public void close() {
        files.values().forEach(SecretFile::close);
    }
}
