package io.tollgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.api.order.TicketPurchase;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FakeOrderGatewayTest extends OrderGatewayContract {
    private static final TicketPurchase WISH = new TicketPurchase("jazz", "ann", "key-1");

    private final VirtualTime time = new VirtualTime();
    private final FakeOrderGateway orders = new FakeOrderGateway(time);
    private final AtomicInteger events = new AtomicInteger();
    private final CallContext context = CallContext.of("request-1");

    @Override
    protected OrderGateway gateway() {
        return orders;
    }

    @Override
    protected String newEvent(int tickets) {
        String event = "event-" + events.incrementAndGet();
        orders.withEvent(event, tickets);
        return event;
    }

    @Test
    void numbersTicketsAndRecordsThem() {
        orders.withEvent("jazz", 1);

        Purchase purchase = Stages.await(orders.purchase(WISH, context));

        assertThat(purchase.ticket())
                .isEqualTo(new Ticket(Optional.of("ticket-1"), "jazz", "ann", "confirmed", Optional.of(time.now())));
        assertThat(orders.tickets()).containsExactly(purchase.ticket());
        assertThat(orders.contexts()).containsExactly(context);
    }

    @Test
    void failsAsScriptedAndSellsNothing() {
        orders.withEvent("jazz", 1).failNext(GatewayException.of(OrderError.QUEUE_FULL, "The queue is full."));

        assertThatThrownBy(() -> Stages.await(orders.purchase(WISH, context))).hasMessage("The queue is full.");
        assertThat(orders.tickets()).isEmpty();
    }

    @Test
    void sellsWhenAPurchaseThatHangsIsReleased() {
        orders.withEvent("jazz", 1).hangNext();
        CompletionStage<Purchase> hanging = orders.purchase(WISH, context);
        assertThat(orders.tickets()).isEmpty();
        assertThat(orders.hanging()).isEqualTo(1);

        orders.release();

        assertThat(Stages.await(hanging).ticket().id()).contains("ticket-1");
    }

    @Test
    void failsAPurchaseThatHungForATicketThatIsGone() {
        orders.withEvent("jazz", 1).hangNext();
        CompletionStage<Purchase> hanging = orders.purchase(WISH, context);
        orders.withEvent("jazz", 0);

        orders.release();

        Failures.assertFails(OrderError.SOLD_OUT, hanging);
    }

    @Test
    void rejectsANegativeNumberOfTickets() {
        assertThatThrownBy(() -> orders.withEvent("jazz", -1)).hasMessage("count: -1 (expected: 0 or more)");
        Failures.assertFails(CommonError.RESOURCE_NOT_FOUND, orders.purchase(WISH, context));
    }
}
