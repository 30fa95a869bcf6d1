package io.tollgate.tls;

import io.tollgate.tls.TlsFiles.Generation;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Presents the certificate of the current generation. The alias is the number of the generation, so that a handshake that chose
 * before a change gets key and certificate of the same pair after it. The one certificate is presented whatever authorities a
 * server lists: it then says why it does not trust it, where no certificate would leave that to be guessed.
 */
final class CurrentKeyManager extends X509ExtendedKeyManager {
    private final Supplier<Generation> current;

    CurrentKeyManager(Supplier<Generation> current) {
        this.current = current;
    }

    private @Nullable String alias(String... keyTypes) {
        Generation now = current.get();
        PrivateKey key = now.material().key();
        if (key == null) {
            return null;
        }
        for (String type : keyTypes) {
            // EC_RSA is an EC key in a certificate that was signed with RSA.
            if (type.equals(key.getAlgorithm()) || type.startsWith(key.getAlgorithm() + "_")) {
                return Integer.toString(now.number());
            }
        }
        return null;
    }

    private @Nullable Material material(@Nullable String alias) {
        for (Generation one = current.get(); one != null; one = one.before()) {
            if (Integer.toString(one.number()).equals(alias)) {
                return one.material();
            }
        }
        return null;
    }

    private static String @Nullable [] array(@Nullable String alias) {
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyTypes);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return array(alias(keyType));
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return array(alias(keyType));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        Material material = material(alias);
        return material == null ? null : material.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        Material material = material(alias);
        return material == null ? null : material.key();
    }
}
