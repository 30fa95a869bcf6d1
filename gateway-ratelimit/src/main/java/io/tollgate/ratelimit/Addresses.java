package io.tollgate.ratelimit;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses as keys, and ranges of them. */
final class Addresses {
    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private Addresses() {}

    /** {@code ip:192.0.2.1}, or {@code ip:2001:db8:1:2::/64} in the text form of RFC 5952. */
    static String key(InetAddress address) {
        byte[] bytes = unmapped(address);
        StringBuilder key = new StringBuilder(28).append("ip:");
        if (bytes.length == 4) {
            for (int i = 0; i < 4; i++) {
                key.append(i == 0 ? "" : ".").append(bytes[i] & 0xff);
            }
            return key.toString();
        }
        int groups = 4;
        while (groups > 0 && group(bytes, groups - 1) == 0) {
            groups--;
        }
        for (int i = 0; i < groups; i++) {
            key.append(i == 0 ? "" : ":").append(Integer.toHexString(group(bytes, i)));
        }
        return key.append("::/64").toString();
    }

    /** Whether an address is in {@code range}: an address, or a prefix such as {@code 10.0.0.0/8}. */
    static Predicate<InetAddress> in(String range) {
        int slash = range.indexOf('/');
        byte[] prefix = slash < 0 ? literal(range, range) : literal(range.substring(0, slash), range);
        int bits = slash < 0 ? prefix.length * 8 : length(range.substring(slash + 1), prefix.length * 8, range);
        return address -> {
            byte[] candidate = unmapped(address);
            return candidate.length == prefix.length && samePrefix(candidate, prefix, bits);
        };
    }

    private static boolean samePrefix(byte[] a, byte[] b, int bits) {
        int whole = bits / 8;
        int rest = bits % 8;
        return Arrays.equals(a, 0, whole, b, 0, whole)
                && (rest == 0 || ((a[whole] ^ b[whole]) & 0xff) >>> (8 - rest) == 0);
    }

    /** Only ever text to bytes: names, which would be looked up, are refused before. */
    private static byte[] literal(String text, String range) {
        try {
            if (IPV6.matcher(text).matches()) {
                return unmapped(InetAddress.getByName(text));
            }
        } catch (UnknownHostException e) {
            throw notARange(range, e);
        }
        String[] octets = text.split("\\.", -1);
        byte[] bytes = new byte[4];
        if (octets.length != 4) {
            throw notARange(range, null);
        }
        for (int i = 0; i < 4; i++) {
            if (!OCTET.matcher(octets[i]).matches() || Integer.parseInt(octets[i]) > 255) {
                throw notARange(range, null);
            }
            bytes[i] = (byte) Integer.parseInt(octets[i]);
        }
        return bytes;
    }

    private static int length(String text, int most, String range) {
        if (!OCTET.matcher(text).matches() || Integer.parseInt(text) > most) {
            throw notARange(range, null);
        }
        return Integer.parseInt(text);
    }

    private static IllegalArgumentException notARange(String range, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "range: \"" + range + "\" (expected: an address or a prefix, such as 192.0.2.1 or 2001:db8::/32)",
                cause);
    }

    /** The address's bytes; the four of an IPv4 address that is mapped into IPv6 (RFC 4291, 2.5.5.2). */
    private static byte[] unmapped(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address || bytes.length == 4) {
            return bytes;
        }
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return bytes;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1 ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
    }

    private static int group(byte[] bytes, int i) {
        return ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
    }
}
