package io.tollgate.api.ratelimit;

import io.tollgate.api.http.AddressRange;
import java.net.InetAddress;

/** The bucket key of an address. */
final class AddressKey {
    private AddressKey() {}

    /** Returns {@code ip:192.0.2.1}, or {@code ip:2001:db8:1:2::/64} in the text form of RFC 5952. */
    static String of(InetAddress address) {
        byte[] bytes = AddressRange.bytes(address);
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

    private static int group(byte[] bytes, int i) {
        return ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
    }
}
