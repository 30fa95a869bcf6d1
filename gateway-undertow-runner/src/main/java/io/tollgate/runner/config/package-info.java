/**
 * Configuration: {@link io.tollgate.runner.config.GatewayConfig} is what the gateway runs with,
 * {@link io.tollgate.runner.config.ConfigLoader} reads it from defaults, a file and the environment, and
 * {@link io.tollgate.runner.config.ConfigKeys} is the table of every key there is.
 */
@NullMarked
package io.tollgate.runner.config;

import org.jspecify.annotations.NullMarked;
