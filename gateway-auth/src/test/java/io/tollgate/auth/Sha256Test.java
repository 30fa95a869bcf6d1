package io.tollgate.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Sha256Test {
    /** FIPS 180-2, appendix B.1. */
    private static final String OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void digestsAgainAsItDidBefore() {
        assertThat(hex(Sha256.digest("abc".getBytes(US_ASCII)))).isEqualTo(OF_ABC);
        assertThat(hex(Sha256.digest("abc".getBytes(US_ASCII)))).isEqualTo(OF_ABC);
    }

    @Test
    void makesANewOneIfTheProviderCannotCopy() {
        MessageDigest copy = Sha256.copy(new Uncopyable());

        assertThat(hex(copy.digest("abc".getBytes(US_ASCII)))).isEqualTo(OF_ABC);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The digest of a provider without copies, such as one of hardware. */
    private static final class Uncopyable extends MessageDigest {
        Uncopyable() {
            super("SHA-256");
        }

        @Override
        protected void engineUpdate(byte input) {}

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {}

        @Override
        protected byte[] engineDigest() {
            return new byte[0];
        }

        @Override
        protected void engineReset() {}
    }
}
