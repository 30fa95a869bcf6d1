/**
 * Metrics and traces of this process: {@link io.tollgate.runner.telemetry.Metrics} for Prometheus to scrape,
 * {@link io.tollgate.runner.telemetry.Tracing} for OpenTelemetry. Meters and spans are those of {@code gateway-micrometer} and
 * {@code gateway-opentelemetry}; no other package knows these.
 */
@NullMarked
package io.tollgate.runner.telemetry;

import org.jspecify.annotations.NullMarked;
