package io.tollgate.runner.config;

import io.tollgate.config.ConfigKey;
import io.tollgate.config.ConfigValues;
import io.tollgate.runner.config.ConfigKeys.ListenerTlsKeys;
import io.tollgate.tls.ClientAuth;
import io.tollgate.tls.TlsVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The TLS of a listener.
 *
 * @param cert a PEM file with the chain; there if TLS is enabled
 * @param key a PEM file with the private key; there if TLS is enabled
 * @param clientCa a PEM file with the authorities of client certificates; there if TLS is enabled and asks for any
 */
public record ListenerTls(
        boolean enabled,
        Optional<Path> cert,
        Optional<Path> key,
        Optional<Path> clientCa,
        ClientAuth clientAuth,
        TlsVersion minVersion) {
    /** Notes what is missing. */
    static void check(ConfigValues values, ListenerTlsKeys keys) {
        if (!values.find(keys.enabled()).orElse(false)) {
            return;
        }
        for (ConfigKey<Path> required : List.of(keys.cert(), keys.key())) {
            if (values.isMissing(required)) {
                values.problem(
                        required, "not set (expected with " + keys.enabled() + ": true: the path of a PEM file)");
            }
        }
        boolean asks = values.find(keys.clientAuth())
                .filter(auth -> auth != ClientAuth.NONE)
                .isPresent();
        if (asks && values.isMissing(keys.clientCa())) {
            values.problem(
                    keys.clientCa(),
                    "not set (expected, as " + keys.clientAuth() + " asks for certificates: the path of a PEM file)");
        }
    }

    /** Returns what is set and has no effect. */
    static Optional<String> warning(ConfigValues values, ListenerTlsKeys keys) {
        boolean asks = values.find(keys.clientAuth()).orElse(ClientAuth.NONE) != ClientAuth.NONE;
        if (!values.find(keys.enabled()).orElse(false)) {
            return values.isSet(keys.cert()) || values.isSet(keys.clientCa()) || asks
                    ? Optional.of(
                            keys.cert() + " and the keys beside it are not used without " + keys.enabled() + ": true")
                    : Optional.empty();
        }
        return values.isSet(keys.clientCa()) && !asks
                ? Optional.of(keys.clientCa() + " is not used with " + keys.clientAuth() + ": none")
                : Optional.empty();
    }

    static ListenerTls bind(ConfigValues values, ListenerTlsKeys keys) {
        return new ListenerTls(
                values.get(keys.enabled()),
                values.find(keys.cert()),
                values.find(keys.key()),
                values.find(keys.clientCa()),
                values.get(keys.clientAuth()),
                values.get(keys.minVersion()).equals("1.3") ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2);
    }
}
