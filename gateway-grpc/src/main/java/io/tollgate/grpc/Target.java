package io.tollgate.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * A host and a port that the user named: a name with any number of addresses, or one address.
 *
 * @param host without brackets
 */
record Target(String host, int port) {
    static Target of(String host, int port) {
        String authority = Authority.of(host, port);
        String checked = authority.substring(0, authority.lastIndexOf(':'));
        return new Target(checked.startsWith("[") ? checked.substring(1, checked.length() - 1) : checked, port);
    }

    String authority() {
        return Authority.of(host, port);
    }

    /** Returns whether there is nothing to look up: it has the form of an address. */
    boolean isAddress() {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    InetSocketAddress unresolved() {
        return InetSocketAddress.createUnresolved(host, port);
    }

    /**
     * Looks the addresses up; blocks. Each element is one backend. Where a name has addresses of both families, those of the
     * family that the JVM prefers are the backends, for the others lead to the same ones; if it has one of each, or is this
     * host, both are ways to the one backend.
     */
    List<List<InetSocketAddress>> lookUp() throws UnknownHostException {
        InetAddress[] found = InetAddress.getAllByName(host);
        Class<?> preferred = found[0].getClass();
        long others =
                Arrays.stream(found).filter(a -> a.getClass() != preferred).count();
        boolean one = found.length == 2 && others == 1;
        boolean here = others > 0 && Arrays.stream(found).allMatch(InetAddress::isLoopbackAddress);
        if (one || here) {
            return List.of(Arrays.stream(found).map(this::at).toList());
        }
        return Arrays.stream(found)
                .filter(a -> a.getClass() == preferred)
                .map(this::at)
                .map(List::of)
                .toList();
    }

    private InetSocketAddress at(InetAddress address) {
        return new InetSocketAddress(address, port);
    }
}
