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

    static RequestHead of(
            String method, String target, InetAddress peer, Function<String, ? extends @Nullable List<String>> lines) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        return new RequestHead(
                method,
                path.startsWith("/") ? path : withoutAuthority(path),
                question < 0 ? Optional.empty() : Optional.of(target.substring(question + 1)),
                peer,
                lines);
    }

    /** Returns the path of an absolute target, which may be empty (RFC 9112, section 3.2.2); any other text as it is. */
    private static String withoutAuthority(String path) {
        int authority = path.indexOf("://");
        if (authority < 0) {
            return path;
        }
        int slash = path.indexOf('/', authority + 3);
        return slash < 0 ? "/" : path.substring(slash);
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
