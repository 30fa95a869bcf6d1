package io.tollgate.runner.http;

import io.tollgate.api.FieldViolation;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.order.TicketPurchase;
import java.util.List;

/** The id of an event, as it is in a path: 1 to 128 of the characters that need no encoding (RFC 3986, section 2.3). */
final class EventId {
    private EventId() {}

    /** {@code segment}, whose needless escapes are gone already. Fails with {@code INVALID_EVENT_ID}. */
    static String check(String segment) {
        if (!TicketPurchase.isEventId(segment)) {
            throw Fields.invalid(
                    OrderError.INVALID_EVENT_ID,
                    "The event id is not valid.",
                    List.of(new FieldViolation(
                            "event_id", "INVALID_EVENT_ID", "must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ -")));
        }
        return segment;
    }
}
