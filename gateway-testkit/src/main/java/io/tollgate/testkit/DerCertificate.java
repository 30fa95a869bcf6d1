package io.tollgate.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Writes an X.509 certificate (RFC 5280, 4.1) with the few extensions that TLS needs; the JDK only reads them. */
record DerCertificate(
        String subject, PublicKey key, String issuer, KeyPair signing, Instant notBefore, Instant notAfter) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");

    private static final byte[] ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));
    private static final byte[] COMMON_NAME = oid(0x55, 4, 3);
    private static final byte[] BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13);
    private static final byte[] SUBJECT_ALT_NAME = oid(0x55, 0x1d, 0x11);
    private static final byte[] EXTENDED_KEY_USAGE = oid(0x55, 0x1d, 0x25);
    private static final byte[] SERVER_AUTH = oid(0x2b, 6, 1, 5, 5, 7, 3, 1);
    private static final byte[] CLIENT_AUTH = oid(0x2b, 6, 1, 5, 5, 7, 3, 2);
    private static final byte[] TRUE = value(0x01, new byte[] {(byte) 0xff});

    X509Certificate of(List<String> names, boolean authority) {
        byte[] extensions = authority
                ? sequence(extension(BASIC_CONSTRAINTS, TRUE, sequence(TRUE)))
                : sequence(
                        extension(EXTENDED_KEY_USAGE, new byte[0], sequence(SERVER_AUTH, CLIENT_AUTH)),
                        extension(SUBJECT_ALT_NAME, new byte[0], alternatives(names)));
        byte[] serial = value(0x02, new BigInteger(63, ThreadLocalRandom.current()).toByteArray());
        byte[] signed = sequence(
                value(0xa0, value(0x02, new byte[] {2})),
                serial,
                ECDSA_WITH_SHA256,
                name(issuer),
                sequence(time(notBefore), time(notAfter)),
                name(subject),
                key.getEncoded(),
                value(0xa3, extensions));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(signing.getPrivate());
            signature.update(signed);
            byte[] bits = value(0x03, new byte[] {0}, signature.sign());
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(sequence(signed, ECDSA_WITH_SHA256, bits)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] alternatives(List<String> names) {
        List<byte[]> alternatives = new ArrayList<>();
        for (String name : names) {
            if (name.contains("://")) {
                alternatives.add(value(0x86, name.getBytes(US_ASCII)));
            } else if (ADDRESS.matcher(name).matches()) {
                alternatives.add(value(0x87, address(name)));
            } else {
                alternatives.add(value(0x82, name.getBytes(US_ASCII)));
            }
        }
        return sequence(alternatives.toArray(byte[][]::new));
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("name: \"" + text + "\" (expected: an IP address)", e);
        }
    }

    private static byte[] extension(byte[] id, byte[] critical, byte[] content) {
        return sequence(id, critical, value(0x04, content));
    }

    private static byte[] name(String common) {
        return sequence(value(0x31, sequence(COMMON_NAME, value(0x0c, common.getBytes(UTF_8)))));
    }

    private static byte[] time(Instant instant) {
        return instant.isBefore(YEAR_2050)
                ? value(0x17, UTC_TIME.format(instant).getBytes(US_ASCII))
                : value(0x18, GENERALIZED_TIME.format(instant).getBytes(US_ASCII));
    }

    private static byte[] oid(int... bytes) {
        byte[] content = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            content[i] = (byte) bytes[i];
        }
        return value(0x06, content);
    }

    private static byte[] sequence(byte[]... parts) {
        return value(0x30, parts);
    }

    private static byte[] value(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
        out.write(tag);
        if (length >= 0x100) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length >= 0x80) {
            out.write(0x81);
        }
        out.write(length);
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
