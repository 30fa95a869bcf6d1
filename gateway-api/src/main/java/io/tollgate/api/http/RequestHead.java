package io.tollgate.api.http;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A head that consists of the parts of a server's request. */
record RequestHead(
        String method,
        String path,
        Optional<String> query,
        InetAddress peer,
        Function<String, ? extends @Nullable List<String>> lines)
        implements HttpRequestHead {
    RequestHead {
        requireNonNull(method, "method");
        requireNonNull(peer, "peer");
        requireNonNull(lines, "headers");
    }

    @Override
    public List<String> headers(String name) {
        List<String> values = lines.apply(name);
        return values == null ? List.of() : values;
    }

    /** Returns the method and the path; a query may contain secrets. */
    @Override
    public String toString() {
        return "HttpRequestHead[" + method + " " + path + "]";
    }
}
