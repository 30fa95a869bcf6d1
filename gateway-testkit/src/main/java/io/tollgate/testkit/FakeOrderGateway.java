package io.tollgate.testkit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.TimeSource;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.api.order.TicketPurchase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * An order service in memory, which sells the tickets that a test gives it and can be made to fail:
 *
 * <pre>{@code
 * FakeOrderGateway orders = new FakeOrderGateway().withEvent("jazz-night", 2);
 * orders.hangNext();
 * }</pre>
 *
 * <p>Tickets are numbered: {@code ticket-1}. Purchases of one user with one idempotency key buy one ticket. Calls complete on the
 * calling thread, and those that hang on the thread that releases or cancels them, or on a timer's when their deadline passes.
 * Thread-safe.
 */
public final class FakeOrderGateway implements OrderGateway {
    private final TimeSource time;
    private final ScriptedCalls calls = new ScriptedCalls();
    private final Map<String, Integer> left = new HashMap<>();
    private final Map<Key, Purchase> bought = new HashMap<>();
    private final List<Ticket> tickets = new ArrayList<>();

    private record Key(String userId, String idempotencyKey) {}

    /** Creates a service without events, which dates tickets by the clock of the system. */
    public FakeOrderGateway() {
        this(TimeSource.system());
    }

    /** Creates a service without events, which dates tickets by {@code time}. */
    public FakeOrderGateway(TimeSource time) {
        this.time = requireNonNull(time, "time");
    }

    /**
     * Adds an event, or changes the tickets that it has left.
     *
     * @param count the tickets, 0 or more
     */
    public synchronized FakeOrderGateway withEvent(String eventId, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count: " + count + " (expected: 0 or more)");
        }
        left.put(requireNonNull(eventId, "eventId"), count);
        return this;
    }

    /** Has a purchase fail: the next one, or the one after those that were scripted before. */
    public FakeOrderGateway failNext(GatewayException failure) {
        calls.fail(failure);
        return this;
    }

    /** Has a purchase hang, like {@link #failNext}, until {@link #release()}, its cancellation, or its deadline. */
    public FakeOrderGateway hangNext() {
        calls.hang();
        return this;
    }

    /** Lets the purchases that hang continue, on the calling thread. */
    public void release() {
        calls.release();
    }

    /** Returns the number of purchases that hang now. */
    public int hanging() {
        return calls.hanging();
    }

    /** Returns the contexts of the calls so far, in order. */
    public List<CallContext> contexts() {
        return calls.contexts();
    }

    /** Returns the tickets that were sold, in order. */
    public synchronized List<Ticket> tickets() {
        return List.copyOf(tickets);
    }

    @Override
    public CompletionStage<Purchase> purchase(TicketPurchase purchase, CallContext context) {
        requireNonNull(purchase, "purchase");
        return calls.call(context, () -> sell(purchase));
    }

    private synchronized Purchase sell(TicketPurchase wish) {
        Key key = new Key(wish.userId(), wish.idempotencyKey());
        Purchase before = bought.get(key);
        if (before != null) {
            if (!before.ticket().eventId().equals(wish.eventId())) {
                throw GatewayException.of(
                        OrderError.IDEMPOTENCY_KEY_REUSED,
                        "The idempotency key was used for a purchase of another event.");
            }
            return before;
        }
        Integer stock = left.get(wish.eventId());
        if (stock == null) {
            throw GatewayException.of(CommonError.RESOURCE_NOT_FOUND, "There is no such event.");
        }
        if (stock == 0) {
            throw GatewayException.of(OrderError.SOLD_OUT, "All tickets are sold.");
        }
        left.put(wish.eventId(), stock - 1);
        Ticket ticket = new Ticket(
                Optional.of("ticket-" + (tickets.size() + 1)),
                wish.eventId(),
                wish.userId(),
                "confirmed",
                Optional.of(time.now()));
        tickets.add(ticket);
        Purchase purchase = new Purchase(Purchase.Status.CONFIRMED, ticket);
        bought.put(key, purchase);
        return purchase;
    }
}
