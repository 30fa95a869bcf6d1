package io.tollgate.runner;

import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.util.Locale;

/** Names the setting at fault if an address cannot be listened on. */
final class ListenFailure {
    private ListenFailure() {}

    /**
     * Returns the failure with a message that begins with the key at fault.
     *
     * @param section the section of the listener, such as {@code server.http}
     * @param failure has the cause, and a message of one line
     * @param otherwise what else helps if the port is in use; may be empty
     */
    static IOException of(String section, IOException failure, String otherwise) {
        Throwable cause = failure.getCause();
        String reason = String.valueOf(failure.getMessage());
        if (cause instanceof UnknownHostException || reason.contains("assign requested address")) {
            return new IOException(section + ".host: " + reason, failure);
        }
        String variable = (section + ".port").replace('.', '_').toUpperCase(Locale.ROOT);
        String advice =
                cause instanceof BindException ? " (choose another port with " + variable + otherwise + ")" : "";
        return new IOException(section + ".port: " + reason + advice, failure);
    }
}
