package io.tollgate.auth.keys;

import java.util.regex.Pattern;

/** Recognizes hosts that are this machine by their spelling alone; looks up no name. */
final class Loopback {
    private static final Pattern IPV4 = Pattern.compile("127(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");

    private Loopback() {}

    static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.equals("[::1]")
                || IPV4.matcher(host).matches();
    }
}
