package io.tollgate.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The little of DER (X.690) by which older forms of private keys are wrapped as PKCS#8 (RFC 5958). */
final class Der {
    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int PARAMETERS = 0xa0;

    private static final byte[] VERSION_0 = {INTEGER, 1, 0};
    /** rsaEncryption, 1.2.840.113549.1.1.1, with the parameter NULL. */
    private static final byte[] RSA = {
        SEQUENCE, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
    };
    /** id-ecPublicKey, 1.2.840.10045.2.1. */
    private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private final byte[] bytes;
    private int at;
    private final int end;

    private Der(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /** Wraps an RSAPrivateKey (RFC 8017, A.1.2). */
    static byte[] pkcs8OfRsa(byte[] key) {
        return value(SEQUENCE, VERSION_0, RSA, value(OCTET_STRING, key));
    }

    /** Wraps an ECPrivateKey (RFC 5915), which names its curve. */
    static byte[] pkcs8OfEc(byte[] key) {
        Der fields = new Der(key, 0, key.length).enter(SEQUENCE);
        fields.skip(INTEGER);
        fields.skip(OCTET_STRING);
        if (fields.at == fields.end || (fields.bytes[fields.at] & 0xff) != PARAMETERS) {
            throw new IllegalArgumentException("it does not name its curve");
        }
        Der curve = fields.enter(PARAMETERS);
        byte[] parameters = Arrays.copyOfRange(curve.bytes, curve.at, curve.end);
        return value(SEQUENCE, VERSION_0, value(SEQUENCE, EC, parameters), value(OCTET_STRING, key));
    }

    private Der enter(int tag) {
        if (next() != tag) {
            throw malformed();
        }
        int length = next();
        if (length > 0x82) {
            throw malformed(); // no key has 64 KiB
        }
        if (length >= 0x80) {
            int count = length - 0x80;
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | next();
            }
        }
        if (length > end - at) {
            throw malformed();
        }
        return new Der(bytes, at, at + length);
    }

    private void skip(int tag) {
        at = enter(tag).end;
    }

    private int next() {
        if (at >= end) {
            throw malformed();
        }
        return bytes[at++] & 0xff;
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("malformed");
    }

    private static byte[] value(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
        out.write(tag);
        if (length >= 0x100) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length >= 0x80) {
            out.write(0x81);
        }
        out.write(length);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
