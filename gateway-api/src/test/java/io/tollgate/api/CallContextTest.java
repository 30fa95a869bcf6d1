package io.tollgate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallContextTest {
    @Test
    void takesOneToOneHundredAndTwentyEightVisibleAsciiCharactersAsARequestId() {
        assertThat(CallContext.of("a").requestId()).isEqualTo("a");
        assertThat(CallContext.of("~".repeat(128)).requestId()).hasSize(128);
        for (String bad : List.of("", "~".repeat(129), "a b", "tab\t", "ä", "line\n")) {
            assertThatIllegalArgumentException().isThrownBy(() -> CallContext.of(bad));
        }
    }

    @Test
    void keepsTheEarlierOfTwoDeadlines() {
        long now = System.nanoTime();
        CallContext soon = CallContext.create().withDeadlineNanos(now + 1_000);

        assertThat(soon.withTimeout(Duration.ofHours(1)).deadlineNanos()).hasValue(now + 1_000);
        assertThat(soon.withDeadlineNanos(now + 10).deadlineNanos()).hasValue(now + 10);
    }

    @Test
    void losesItsDeadlineAndNothingElse() {
        Cancellation cancellation = new Cancellation();
        CallContext context = CallContext.of("id")
                .withPropagation("a", "b")
                .withTimeout(Duration.ofMinutes(1))
                .withCancellation(cancellation)
                .withoutDeadline();
        cancellation.cancel();

        assertThat(context.deadlineNanos()).isEmpty();
        assertThat(context.requestId()).isEqualTo("id");
        assertThat(context.propagation()).containsEntry("a", "b");
        assertThat(context.isCancelled()).isTrue();
        assertThat(context.withoutDeadline()).isSameAs(context);
    }

    @Test
    void hasNothingLeftOnceTheDeadlineHasPassed() {
        CallContext late = CallContext.create().withDeadlineNanos(System.nanoTime() - 1);

        assertThat(late.remaining()).contains(Duration.ZERO);
    }

    @Test
    void endsAtItsDeadlineAndWhenItIsCancelled() {
        Cancellation owner = new Cancellation();
        CallContext context = CallContext.create().withCancellation(owner);

        assertThat(CallContext.create().ended()).isEmpty();
        assertThat(context.ended()).isEmpty();
        assertThat(context.withTimeout(Duration.ofHours(1)).ended()).isEmpty();
        assertThat(context.withTimeout(Duration.ZERO).ended().orElseThrow().code())
                .isEqualTo(CommonError.REQUEST_TIMEOUT);
        owner.cancel();
        assertThat(context.ended().orElseThrow().code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
        assertThat(context.withTimeout(Duration.ofHours(1)).ended()).isPresent();
    }

    @Test
    void takesAnEndlessTimeoutForWhatItIs() {
        assertThat(CallContext.create()
                        .withTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .remaining())
                .hasValueSatisfying(left -> assertThat(left).isGreaterThan(Duration.ofDays(365)));
    }

    @Test
    void lowerCasesPropagatedNamesAndKeepsTheLastValue() {
        CallContext context =
                CallContext.create().withPropagation("TraceParent", "1").withPropagation("traceparent", "2");

        assertThat(context.propagation()).containsExactly(Map.entry("traceparent", "2"));
    }

    @Test
    void runsListenersOnceWhenCancelled() {
        Cancellation owner = new Cancellation();
        CallContext context = CallContext.create().withCancellation(owner);
        List<String> ran = new ArrayList<>();
        context.onCancel(() -> ran.add("first"));
        context.onCancel(() -> ran.add("taken off")).close();

        owner.cancel();
        owner.cancel();
        context.onCancel(() -> ran.add("late"));

        assertThat(ran).containsExactly("first", "late");
        assertThat(context.isCancelled()).isTrue();
    }

    @Test
    void runsTheOtherListenersWhenOneThrows() {
        Cancellation owner = new Cancellation();
        CallContext context = CallContext.create().withCancellation(owner);
        List<String> ran = new ArrayList<>();
        context.onCancel(() -> {
            throw new IllegalStateException("one");
        });
        context.onCancel(() -> ran.add("two"));

        assertThatThrownBy(owner::cancel).hasMessage("one");
        assertThat(ran).containsExactly("two");
    }

    @Test
    void isNeverCancelledWithoutAnOwner() {
        CallContext context = CallContext.create();
        context.onCancel(() -> {
                    throw new AssertionError("nobody cancels this");
                })
                .close();

        assertThat(context.isCancelled()).isFalse();
    }
}
