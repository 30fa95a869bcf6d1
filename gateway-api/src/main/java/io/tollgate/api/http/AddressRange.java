package io.tollgate.api.http;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Addresses that share a prefix: one address, or a network in CIDR notation (RFC 4632; RFC 4291, section 2.3). An IPv4-mapped
 * IPv6 address is the IPv4 address. Immutable and thread-safe.
 */
public final class AddressRange {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private final byte[] network;
    private final int prefixLength;

    private AddressRange(byte[] network, int prefixLength) {
        this.network = network;
        this.prefixLength = prefixLength;
    }

    /**
     * Returns the range that {@code text} names, such as {@code 10.0.0.0/8}, {@code 192.168.1.7} or {@code fd00::/8}.
     *
     * @throws IllegalArgumentException if it names none, or has bits beyond its prefix
     */
    public static AddressRange parse(String text) {
        requireNonNull(text, "text");
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        byte[] address = parseAddress(literal).orElseThrow(() -> bad(text)).getAddress();
        int bits = address.length * 8;
        int prefix = slash < 0 ? bits : prefixLength(text, slash, bits);
        if (!Arrays.equals(address, masked(address, prefix))) {
            throw bad(text);
        }
        return new AddressRange(address, prefix);
    }

    /** Returns the address that {@code literal} spells; empty for anything else, such as a name, a zone or a port. */
    public static Optional<InetAddress> parseAddress(String literal) {
        boolean v4 = IPV4.matcher(literal).matches();
        if (!v4 && (literal.indexOf(':') < 0 || !IPV6.matcher(literal).matches())) {
            return Optional.empty();
        }
        try {
            // In brackets the JDK accepts only an IPv6 literal, so no name is ever looked up.
            return Optional.of(
                    v4 ? InetAddress.getByAddress(octets(literal)) : InetAddress.getByName("[" + literal + "]"));
        } catch (UnknownHostException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Returns whether {@code address} is in this range. */
    public boolean contains(InetAddress address) {
        byte[] bytes = bytes(address);
        if (bytes.length != network.length) {
            return false;
        }
        int whole = prefixLength / 8;
        int rest = prefixLength % 8;
        return Arrays.equals(bytes, 0, whole, network, 0, whole)
                && (rest == 0 || ((bytes[whole] ^ network[whole]) & 0xff) >>> (8 - rest) == 0);
    }

    /** Returns the bytes of an address: 4, or 16; the 4 of an IPv4 address that is mapped into IPv6 (RFC 4291, 2.5.5.2). */
    public static byte[] bytes(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return bytes;
        }
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return bytes;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1 ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
    }

    private static byte[] octets(String literal) {
        String[] parts = literal.split("\\.", -1);
        byte[] bytes = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            int octet = Integer.parseInt(parts[i]);
            // A leading zero is octal to some readers and decimal to others.
            if (octet > 255 || (parts[i].length() > 1 && parts[i].charAt(0) == '0')) {
                throw new NumberFormatException(parts[i]);
            }
            bytes[i] = (byte) octet;
        }
        return bytes;
    }

    private static int prefixLength(String text, int slash, int bits) {
        String digits = text.substring(slash + 1);
        if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > bits) {
            throw bad(text);
        }
        return Integer.parseInt(digits);
    }

    private static byte[] masked(byte[] address, int prefix) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.min(8, Math.max(0, prefix - i * 8));
            masked[i] &= (byte) (0xff << (8 - kept));
        }
        return masked;
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException("address range: " + text
                + " (expected: an address, or a network such as 10.0.0.0/8 with no bits beyond its prefix)");
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof AddressRange other
                && prefixLength == other.prefixLength
                && Arrays.equals(network, other.network);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(network) * 31 + prefixLength;
    }

    /** Returns the range in CIDR notation. */
    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + prefixLength;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
