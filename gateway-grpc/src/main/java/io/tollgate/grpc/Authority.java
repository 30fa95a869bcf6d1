package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/** Host and port in one string, with IPv6 addresses in brackets. */
final class Authority {
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252}[A-Za-z0-9_.])?");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private Authority() {}

    static String of(String host, int port) {
        return host(requireNonNull(host, "host")) + ":" + Expect.within("port", port, 1, 65_535);
    }

    private static String host(String host) {
        if (HOST_NAME.matcher(host).matches()) {
            return host;
        }
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (bare.indexOf(':') >= 0 && IPV6.matcher(bare).matches()) {
            return "[" + bare + "]";
        }
        throw new IllegalArgumentException(
                "host: \"" + host + "\" (expected: a host name or an IP address, without a scheme or a port)");
    }
}
