package io.tollgate.tls;

import java.util.Arrays;
import javax.net.ssl.SSLParameters;

/** The settings that engines and sockets have from the start. */
record TlsParameters(TlsVersion minVersion, ClientAuth clientAuth) {
    /** Returns the defaults of the JDK with these settings. */
    SSLParameters over(SSLParameters defaults, boolean client) {
        defaults.setProtocols(minVersion.andNewer());
        if (!client) {
            defaults.setCipherSuites(Arrays.stream(defaults.getCipherSuites())
                    .filter(TlsParameters::isModern)
                    .toArray(String[]::new));
            // The two setters clear each other.
            if (clientAuth == ClientAuth.REQUIRED) {
                defaults.setNeedClientAuth(true);
            } else {
                defaults.setWantClientAuth(clientAuth == ClientAuth.OPTIONAL);
            }
        }
        return defaults;
    }

    /** All suites of TLS 1.3 are; those of TLS 1.2 that exchange an ephemeral key and encrypt with authentication are. */
    private static boolean isModern(String suite) {
        return !suite.contains("_WITH_")
                || (suite.startsWith("TLS_ECDHE_") && (suite.contains("_GCM_") || suite.contains("_CHACHA20_")));
    }
}
