package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the client's address of a request, behind trusted proxies too. */
public final class ClientAddress implements Filter {
    private static final Logger log = LoggerFactory.getLogger(ClientAddress.class);

    private final ClientAddresses addresses;
    private final AtomicBoolean warned = new AtomicBoolean();

    /** Finds addresses as {@code addresses} does. */
    public ClientAddress(ClientAddresses addresses) {
        this.addresses = requireNonNull(addresses, "addresses");
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        if (addresses.isTrusted(request.peer())) {
            warnOfTheOtherHeader(request);
            return next.handle(request.withClientAddress(addresses.of(request)));
        }
        return next.handle(request);
    }

    /** Once: a proxy that sets the one header usually passes on the other, which any client can make up. */
    private void warnOfTheOtherHeader(Request request) {
        String other = addresses.header().other().headerName();
        if (request.firstHeader(other) != null && !warned.getAndSet(true)) {
            log.atWarn()
                    .addKeyValue("proxy", request.peer().getHostAddress())
                    .log(
                            "Header {} from a trusted proxy was ignored: server.http.client_address_header is {}",
                            other,
                            addresses.header());
        }
    }
}
