package io.tollgate.examples.services.order;

/** How a purchase ended. */
sealed interface Outcome {
    /** The ticket is theirs, bought now or by an earlier call with the same key. */
    record Bought(TicketRecord ticket) implements Outcome {}

    /** No ticket is left. */
    record SoldOut() implements Outcome {}

    /** There is no such event. */
    record UnknownEvent() implements Outcome {}

    /** The user has bought a ticket to another event with the same key. */
    record KeyReused() implements Outcome {}
}
