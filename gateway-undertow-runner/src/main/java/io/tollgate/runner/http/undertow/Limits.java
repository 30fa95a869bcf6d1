package io.tollgate.runner.http.undertow;

import io.tollgate.runner.config.GatewayConfig;
import java.time.Duration;

/**
 * What one exchange may take.
 *
 * @param maxBodySize in bytes
 * @param readTimeout for the body to arrive
 * @param writeTimeout for the answer to be taken
 */
record Limits(long maxBodySize, Duration readTimeout, Duration writeTimeout) {
    static Limits of(GatewayConfig.Http config) {
        return new Limits(config.maxBodySize(), config.readTimeout(), config.writeTimeout());
    }
}
