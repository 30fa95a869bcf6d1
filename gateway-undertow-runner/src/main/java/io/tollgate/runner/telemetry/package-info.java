/**
 * What is measured and traced: {@link io.tollgate.runner.telemetry.Metrics} for Prometheus to scrape,
 * {@link io.tollgate.runner.telemetry.Tracing} for OpenTelemetry. Nobody else knows of Micrometer or OpenTelemetry.
 */
@NullMarked
package io.tollgate.runner.telemetry;

import org.jspecify.annotations.NullMarked;
