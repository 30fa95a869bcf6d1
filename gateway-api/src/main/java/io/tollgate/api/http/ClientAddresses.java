package io.tollgate.api.http;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client's address of a request. It is the peer of the connection or, behind trusted proxies, the last hop in
 * one header that is not trusted, read from the right. Names are never looked up. Immutable and thread-safe.
 *
 * <p>Only one header is believed, the one that the proxies set: a proxy that sets {@code X-Forwarded-For} passes on a
 * {@code Forwarded} that the client invented, and vice versa. The search ends at a malformed entry, with the hop before
 * it.
 */
public final class ClientAddresses {
    /** The peer of a connection without an IP address: no proxy that is trusted by mistake. */
    private static final InetAddress UNKNOWN =
            AddressRange.parseAddress("0.0.0.0").orElseThrow();

    private static final ClientAddresses DIRECT = new ClientAddresses(List.of(), Header.X_FORWARDED_FOR);

    private final AddressRange[] trusted;
    private final Header header;

    private ClientAddresses(List<AddressRange> trusted, Header header) {
        this.trusted = trusted.toArray(AddressRange[]::new);
        this.header = requireNonNull(header, "header");
    }

    /** The header to which proxies write the addresses of their clients. */
    public enum Header {
        /** {@code X-Forwarded-For}: a list of addresses. */
        X_FORWARDED_FOR("X-Forwarded-For"),
        /** {@code Forwarded} (RFC 7239), of which only {@code for} is read. */
        FORWARDED("Forwarded");

        private final String headerName;

        Header(String headerName) {
            this.headerName = headerName;
        }

        /** Returns the name of the header. */
        public String headerName() {
            return headerName;
        }

        /**
         * Returns the other header, which is ignored; a request of a trusted proxy that has it points to a mistake in
         * the configuration.
         */
        public Header other() {
            return this == FORWARDED ? X_FORWARDED_FOR : FORWARDED;
        }

        /** Returns the name in lower case, as in the configuration. */
        @Override
        public String toString() {
            return headerName.toLowerCase(Locale.ROOT);
        }
    }

    /** Returns a resolver for clients that connect directly: the peer is the client, and no header is read. */
    public static ClientAddresses direct() {
        return DIRECT;
    }

    /**
     * Returns a resolver for clients behind proxies.
     *
     * @param trusted the addresses of the proxies
     * @param header the header that they set
     */
    public static ClientAddresses behind(List<AddressRange> trusted, Header header) {
        return new ClientAddresses(trusted, header);
    }

    /**
     * Returns the address of a peer that a server hands out as text: IPv6 with or without brackets and a zone. Nothing is looked
     * up.
     *
     * @param text null, or any other text, of a peer without an IP address, such as a Unix socket: its address is 0.0.0.0
     */
    public static InetAddress peer(@Nullable String text) {
        String literal = text == null ? "" : text;
        if (literal.startsWith("[") && literal.endsWith("]")) {
            literal = literal.substring(1, literal.length() - 1);
        }
        int zone = literal.indexOf('%');
        return AddressRange.parseAddress(zone < 0 ? literal : literal.substring(0, zone))
                .orElse(UNKNOWN);
    }

    /** Returns the client's address of a request. */
    public InetAddress of(HttpRequestHead head) {
        InetAddress peer = head.peer();
        return isTrusted(peer) ? walk(peer, head.headers(header.headerName)) : peer;
    }

    /** Returns the header that is believed. */
    public Header header() {
        return header;
    }

    /** Returns whether an address is that of a trusted proxy. */
    public boolean isTrusted(@Nullable InetAddress address) {
        if (address != null) {
            for (AddressRange range : trusted) {
                if (range.contains(address)) {
                    return true;
                }
            }
        }
        return false;
    }

    private InetAddress walk(InetAddress peer, List<String> lines) {
        boolean standard = header == Header.FORWARDED;
        InetAddress client = peer;
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = lines.get(i);
            int end = line.length();
            while (end >= 0) {
                int comma = lastComma(line, end, standard);
                String element = line.substring(comma + 1, end).strip();
                end = comma;
                if (element.isEmpty()) {
                    continue; // RFC 9110, section 5.6.1: empty elements of a list do not count.
                }
                InetAddress hop = standard ? ForwardedFor.standard(element) : ForwardedFor.node(element);
                if (hop == null) {
                    return client;
                }
                client = hop;
                if (!isTrusted(hop)) {
                    return client;
                }
            }
        }
        return client;
    }

    /**
     * Returns the last comma before {@code end} that is not in a quoted string, or -1. It searches from the right, so
     * that a quote that a client left open cannot swallow what later proxies added.
     */
    private static int lastComma(String line, int end, boolean quotes) {
        boolean quoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char c = line.charAt(i);
            if (c == '"' && quotes && !isEscaped(line, i)) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isEscaped(String line, int quote) {
        int backslashes = 0;
        while (quote - backslashes > 0 && line.charAt(quote - backslashes - 1) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}
