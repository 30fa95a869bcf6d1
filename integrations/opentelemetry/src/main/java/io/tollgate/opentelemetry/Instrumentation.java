package io.tollgate.opentelemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerBuilder;
import java.util.Optional;

/** The instrumentation scope of the spans of this library: its name, and its version where the jar tells it. */
final class Instrumentation {
    private static final String NAME = "io.tollgate";

    private Instrumentation() {}

    static Tracer tracer(OpenTelemetry openTelemetry) {
        TracerBuilder builder = openTelemetry.tracerBuilder(NAME);
        version().ifPresent(builder::setInstrumentationVersion);
        return builder.build();
    }

    /** A module has its version in its descriptor, a jar of the class path in its manifest. */
    private static Optional<String> version() {
        return Optional.ofNullable(Instrumentation.class.getModule().getDescriptor())
                .map(module -> module.rawVersion().orElse(null))
                .or(() -> Optional.ofNullable(Instrumentation.class.getPackage().getImplementationVersion()));
    }
}
