package io.tollgate.opentelemetry;

import static io.tollgate.opentelemetry.Caller.TRACEPARENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.tollgate.api.http.TraceContext;
import org.junit.jupiter.api.Test;

class TraceContextsTest {
    @Test
    void convertBothWays() {
        TraceContext trace = new TraceContext(TRACEPARENT, "vendor=1");

        Context context = TraceContexts.toContext(trace);

        SpanContext span = Span.fromContext(context).getSpanContext();
        assertThat(span.getTraceId()).isEqualTo(Caller.TRACE);
        assertThat(span.getSpanId()).isEqualTo(Caller.SPAN);
        assertThat(span.isSampled()).isTrue();
        assertThat(span.isRemote()).isFalse();
        assertThat(TraceContexts.of(context)).contains(trace);
    }

    @Test
    void haveNoPlaceInATraceWithoutASpan() {
        assertThat(TraceContexts.of(Context.root())).isEmpty();
    }
}
