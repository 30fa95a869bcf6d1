package io.tollgate.runner.http;

import io.tollgate.runner.config.AddressRange;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Finds who is really asking: the socket's peer, or, behind trusted proxies, the first hop of {@code Forwarded}
 * (RFC 7239) or else {@code X-Forwarded-For}, from the right, that is not one of them. Names are never looked up.
 */
public final class ClientAddresses implements Filter {
    private final List<AddressRange> trusted;

    /**
     * Looks through {@code trusted} proxies.
     *
     * @param trusted empty where clients connect directly; what they say of themselves is then not read
     */
    public ClientAddresses(List<AddressRange> trusted) {
        this.trusted = List.copyOf(trusted);
    }

    @Override
    public CompletionStage<Response> apply(Request request, Endpoint next) {
        if (!trusted.isEmpty() && isTrusted(request.peer())) {
            request.clientAddress(behind(request));
        }
        return next.handle(request);
    }

    private InetAddress behind(Request request) {
        boolean standard = request.header("Forwarded") != null;
        List<String> lines = request.headers(standard ? "Forwarded" : "X-Forwarded-For");
        InetAddress client = request.peer();
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
     * The last comma before {@code end} that is not in a quoted string, or -1. From the right, so that a quote left open by
     * a client cannot swallow what the proxies after it have added.
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

    private boolean isTrusted(@Nullable InetAddress address) {
        for (int i = 0; address != null && i < trusted.size(); i++) {
            if (trusted.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }
}
