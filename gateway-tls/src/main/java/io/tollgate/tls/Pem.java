package io.tollgate.tls;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads certificates and private keys from PEM text (RFC 7468). Blocks of other kinds and text around the blocks are skipped, so
 * that certificates and a key may be in one file. Errors are {@code IllegalArgumentException}s that say what is wrong and what is
 * expected, and never contain a part of the text.
 */
public final class Pem {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA");
    private static final String TO_PKCS8 =
            " (expected: a key that is not encrypted, as openssl pkcs8 -topk8 -nocrypt writes)";

    private Pem() {}

    private record Block(String label, String body) {
        boolean isEncrypted() {
            return label.equals("ENCRYPTED PRIVATE KEY") || body.startsWith("Proc-Type:");
        }

        byte[] decoded() {
            try {
                return Base64.getDecoder().decode(body);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(label + ": not Base64"); // the cause would quote it
            }
        }
    }

    /**
     * Returns the certificates in the order of the text: a chain or a bundle of authorities.
     *
     * @throws IllegalArgumentException if there is none, or one cannot be read
     */
    public static List<X509Certificate> certificates(String pem) {
        List<Block> blocks = blocks(pem, label -> label.equals("CERTIFICATE") || label.equals("X509 CERTIFICATE"));
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("no certificate (expected: " + BEGIN + "CERTIFICATE-----)");
        }
        List<X509Certificate> certificates = new ArrayList<>(blocks.size());
        for (Block block : blocks) {
            try {
                certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(block.decoded())));
            } catch (IllegalArgumentException | CertificateException e) {
                throw new IllegalArgumentException(
                        "certificate " + (certificates.size() + 1) + ": not readable (expected: X.509)", e);
            }
        }
        return List.copyOf(certificates);
    }

    /**
     * Returns the private key: RSA, EC or Ed25519, in the form of PKCS#8 ({@code PRIVATE KEY}), PKCS#1 ({@code RSA PRIVATE KEY})
     * or SEC 1 ({@code EC PRIVATE KEY}).
     *
     * @throws IllegalArgumentException if there is none or more than one, or if it is encrypted or cannot be read
     */
    public static PrivateKey privateKey(String pem) {
        List<Block> blocks = blocks(pem, label -> label.endsWith("PRIVATE KEY"));
        if (blocks.size() != 1) {
            throw new IllegalArgumentException(
                    blocks.size() + " private keys (expected: one, " + BEGIN + "PRIVATE KEY-----)");
        }
        Block block = blocks.get(0);
        if (block.isEncrypted()) {
            throw new IllegalArgumentException("the private key is encrypted" + TO_PKCS8);
        }
        byte[] pkcs8;
        try {
            pkcs8 = switch (block.label()) {
                case "PRIVATE KEY" -> block.decoded();
                case "RSA PRIVATE KEY" -> Der.pkcs8OfRsa(block.decoded());
                case "EC PRIVATE KEY" -> Der.pkcs8OfEc(block.decoded());
                default -> throw new IllegalArgumentException(block.label() + TO_PKCS8);
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("private key: " + e.getMessage(), e);
        }
        for (String type : KEY_TYPES) {
            try {
                return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // Of another type; what is of none is an error below.
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new IllegalArgumentException("the private key is not readable (expected: RSA, EC or Ed25519)");
    }

    /** Returns whether the key signs what the public key of the certificate verifies. */
    static boolean match(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(certificate.getEncoded());
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(certificate.getEncoded());
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // keys of two types or curves
        }
    }

    private static List<Block> blocks(String pem, Predicate<String> wanted) {
        List<Block> blocks = new ArrayList<>();
        String label = "";
        StringBuilder body = new StringBuilder();
        for (String line : (Iterable<String>) requireNonNull(pem, "pem").lines().map(String::strip)::iterator) {
            if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
                if (!label.isEmpty()) {
                    break;
                }
                label = line.substring(BEGIN.length(), Math.max(BEGIN.length(), line.length() - DASHES.length()));
                body.setLength(0);
            } else if (!label.isEmpty() && line.equals(END + label + DASHES)) {
                if (wanted.test(label)) {
                    blocks.add(new Block(label, body.toString()));
                }
                label = "";
            } else if (!label.isEmpty()) {
                body.append(line);
            }
        }
        if (!label.isEmpty()) {
            throw new IllegalArgumentException("a block begins and does not end (expected: " + END + "… for each "
                    + BEGIN + "…); is the file being written?");
        }
        return blocks;
    }
}
