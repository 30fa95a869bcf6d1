package io.tollgate.testkit;

import static io.tollgate.testkit.Failures.assertFails;
import static io.tollgate.testkit.Failures.missing;
import static io.tollgate.testkit.Stages.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.TicketPurchase;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The promises of an {@link OrderGateway}. The test of an implementation extends this, returns the implementation, and gives it
 * events:
 *
 * <pre>{@code
 * class BoxOfficeGatewayTest extends OrderGatewayContract {
 *     private final BoxOfficeGateway orders = new BoxOfficeGateway(database());
 *
 *     protected OrderGateway gateway() {
 *         return orders;
 *     }
 *
 *     protected String newEvent(int tickets) {
 *         return orders.addEvent(tickets);
 *     }
 * }
 * }</pre>
 */
public abstract class OrderGatewayContract {
    private final CallContext context = CallContext.create();
    private final String run = UUID.randomUUID().toString();
    private final String user = "user-" + run;
    private final AtomicInteger keys = new AtomicInteger();

    /** Creates the tests of a gateway. */
    protected OrderGatewayContract() {}

    /** Returns the gateway under test, always the same during one test. */
    protected abstract OrderGateway gateway();

    /**
     * Adds an event and returns its id, another one at each call.
     *
     * @param tickets the tickets that it has: 0, 1, 2 or 20
     */
    protected abstract String newEvent(int tickets);

    /** Returns whether purchases with the same idempotency key buy one ticket; true by default. */
    protected boolean supportsIdempotencyKeys() {
        return true;
    }

    /** Returns whether purchases may be queued instead of being confirmed or rejected at once; false by default. */
    protected boolean supportsQueues() {
        return false;
    }

    @Test
    void sellsATicketToTheUserWhoAsked() {
        String event = newEvent(2);

        Purchase purchase = await(buy(event, user, newKey()));

        assertEquals(event, purchase.ticket().eventId());
        assertEquals(user, purchase.ticket().userId());
        assertTrue(supportsQueues() || purchase.status() == Purchase.Status.CONFIRMED, purchase::toString);
    }

    @Test
    void sellsATicketForEachKey() {
        assumeTrue(!supportsQueues());
        String event = newEvent(2);

        Purchase first = await(buy(event, user, newKey()));
        Purchase second = await(buy(event, user, newKey()));

        assertNotEquals(first.ticket().id().orElseThrow(), second.ticket().id().orElseThrow());
    }

    @Test
    void rejectsAPurchaseOfATicketThatIsNotThere() {
        assumeTrue(!supportsQueues());

        assertFails(OrderError.SOLD_OUT, buy(newEvent(0), user, newKey()));
    }

    @Test
    void sellsAsManyTicketsAsThereAreToManyBuyers() throws Exception {
        assumeTrue(!supportsQueues());
        String event = newEvent(20);

        List<Boolean> sold = Stages.onThreads(
                40,
                () -> buy(event, user + "-" + newKey(), newKey())
                        .handle((purchase, failure) -> {
                            if (failure == null) {
                                return true;
                            }
                            assertEquals(
                                    OrderError.SOLD_OUT.name(),
                                    GatewayException.from(failure).code().name());
                            return false;
                        })
                        .toCompletableFuture()
                        .join());

        assertEquals(20, Collections.frequency(sold, true));
    }

    @Test
    void rejectsAPurchaseForAnEventThatIsUnknown() {
        assertFails(CommonError.RESOURCE_NOT_FOUND, buy("unknown-" + run, user, newKey()));
    }

    @Test
    void sellsOneTicketForOneKey() {
        assumeTrue(supportsIdempotencyKeys());
        String event = newEvent(1);
        String key = newKey();

        Purchase first = await(buy(event, user, key));

        assertEquals(first, await(buy(event, user, key)));
    }

    @Test
    void sellsOneTicketForOneKeyThatIsUsedManyTimesAtOnce() throws Exception {
        assumeTrue(supportsIdempotencyKeys() && !supportsQueues());
        String event = newEvent(20);
        String key = newKey();

        List<Purchase> purchases = Stages.onThreads(20, () -> await(buy(event, user, key)));

        assertEquals(1, purchases.stream().distinct().count(), purchases::toString);
    }

    @Test
    void keepsTheKeysOfUsersApart() {
        assumeTrue(supportsIdempotencyKeys());
        String event = newEvent(2);
        String key = newKey();

        assertNotEquals(await(buy(event, user, key)), await(buy(event, user + "-2", key)));
    }

    @Test
    void rejectsAKeyThatWasUsedForAnotherEvent() {
        assumeTrue(supportsIdempotencyKeys());
        String key = newKey();
        await(buy(newEvent(1), user, key));

        assertFails(OrderError.IDEMPOTENCY_KEY_REUSED, buy(newEvent(1), user, key));
    }

    @Test
    void endsACallWhoseDeadlineHasPassed() {
        TicketPurchase wish = new TicketPurchase(newEvent(1), user, newKey());

        assertFails(CommonError.REQUEST_TIMEOUT, gateway().purchase(wish, context.withTimeout(Duration.ZERO)));
    }

    @Test
    void endsACallThatIsCancelled() {
        TicketPurchase wish = new TicketPurchase(newEvent(1), user, newKey());
        Cancellation client = new Cancellation();
        client.cancel();

        assertFails(CommonError.REQUEST_TIMEOUT, gateway().purchase(wish, context.withCancellation(client)));
    }

    @Test
    void throwsAtOnceWhenMisused() {
        OrderGateway gateway = gateway();
        TicketPurchase wish = new TicketPurchase(newEvent(1), user, newKey());

        assertThrows(NullPointerException.class, () -> gateway.purchase(missing(), context));
        assertThrows(NullPointerException.class, () -> gateway.purchase(wish, missing()));
    }

    private CompletionStage<Purchase> buy(String event, String buyer, String key) {
        return gateway().purchase(new TicketPurchase(event, buyer, key), context);
    }

    private String newKey() {
        return "key-" + keys.incrementAndGet() + "-" + run;
    }
}
