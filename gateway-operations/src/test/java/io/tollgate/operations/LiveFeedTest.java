package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LiveFeedTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Traffic traffic = new Traffic();
    private final LiveFeed feed = new LiveFeed(
            traffic,
            new Readiness(
                    List.of(new Component("disk", ComponentKind.OTHER, () -> Condition.ok("has room"))),
                    Clock.systemUTC()),
            new LiveFeed.Identity("shop", "1", "abc", () -> "http://x", 7),
            Clock.systemUTC(),
            tasks::add);

    /** A server that writes to one client, as many events as the test wants. */
    private static class Client implements Flow.Subscriber<ByteBuffer> {
        private final List<String> events = new ArrayList<>();
        private Flow.Subscription subscription;
        private String end = "";

        @Override
        public void onSubscribe(Flow.Subscription to) {
            subscription = to;
        }

        @Override
        public void onNext(ByteBuffer event) {
            events.add(UTF_8.decode(event).toString());
        }

        @Override
        public void onError(Throwable cause) {
            end += "failed";
        }

        @Override
        public void onComplete() {
            end += "complete";
        }
    }

    /** Joins as somebody who has no other viewer. */
    private Client join() {
        return join(new Object());
    }

    private Client join(Object owner) {
        Client client = new Client();
        feed.viewer(owner).subscribe(client);
        runTasks();
        return client;
    }

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    void sendsEverythingAndThenWhatIsNewAsServerSentEvents() {
        feed.tick();
        Client client = join();
        client.subscription.request(Long.MAX_VALUE);
        traffic.unreadable(400);
        feed.tick();

        assertThat(client.events).hasSize(2);
        assertThat(client.events.get(0))
                .startsWith("event:hello\ndata:{\"instance\":\"")
                .contains("\"service\":\"shop\"", "\"publicUrl\":\"http://x\"", "\"startedAt\":7", "\"name\":\"disk\"")
                .endsWith("}\n\n");
        assertThat(client.events.get(1))
                .startsWith("event:tick\ndata:{\"sample\":{\"t\":")
                .contains("\"n\":[0,0,1,0,0]", "\"r\":\"unreadable\"", "\"components\":[")
                .endsWith("}\n\n");
        feed.tick();
        assertThat(client.events.get(2)).as("nothing has changed").doesNotContain("components");
    }

    @Test
    void sendsNoMoreThanIsRequested() {
        Client client = join();
        feed.tick();
        feed.tick();
        assertThat(client.events).isEmpty();

        client.subscription.request(2);
        assertThat(client.events).hasSize(2);
        client.subscription.request(1);
        assertThat(client.events).hasSize(3);
        client.subscription.request(5);
        assertThat(client.events).hasSize(3);
    }

    @Test
    void endsTheStreamOfAViewerThatTakesNothing() {
        Client slow = join();
        Client quick = join();
        quick.subscription.request(Long.MAX_VALUE);
        for (int i = 0; i < Viewer.MAX_QUEUED; i++) {
            feed.tick();
        }

        assertThat(slow.end).isEqualTo("complete");
        assertThat(slow.events).isEmpty();
        assertThat(quick.events).hasSize(1 + Viewer.MAX_QUEUED);
        assertThat(feed.hasPlace("owner")).isTrue();
    }

    @Test
    void hasRoomForSoManyViewersAndForOthersWhenTheyHaveLeft() {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < LiveFeed.MAX_VIEWERS; i++) {
            clients.add(join());
        }
        assertThat(feed.hasPlace("owner")).isFalse();
        assertThat(join().end).isEqualTo("complete");

        clients.get(3).subscription.cancel();

        assertThat(feed.hasPlace("owner")).isTrue();
        assertThat(join().end).isEmpty();
        assertThat(feed.hasPlace("owner")).isFalse();
    }

    @Test
    void hasRoomForNoMoreWhenTenThousandComeAtOnce() {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Client client = new Client();
            feed.viewer(new Object()).subscribe(client); // All of them before the first has its place.
            clients.add(client);
        }
        runTasks();

        assertThat(clients.stream().filter(client -> client.end.isEmpty())).hasSize(LiveFeed.MAX_VIEWERS);
        assertThat(clients)
                .filteredOn(client -> !client.end.isEmpty())
                .allMatch(client -> client.end.equals("complete"));
    }

    @Test
    void leavesPlacesForOthers() {
        for (int i = 0; i < LiveFeed.MAX_VIEWERS_PER_OWNER; i++) {
            assertThat(join("one").end).isEmpty();
        }

        assertThat(feed.hasPlace("one")).isFalse();
        assertThat(join("one").end).isEqualTo("complete");
        assertThat(feed.hasPlace("other")).isTrue();
        assertThat(join("other").end).isEmpty();
    }

    @Test
    void takesThePlacesOfViewersThatDoNotReadWhenSomeoneWantsOne() {
        List<Client> stuck = new ArrayList<>();
        Client reading = join();
        reading.subscription.request(1);
        Client wantsAll = join();
        wantsAll.subscription.request(Long.MAX_VALUE);
        for (int i = 2; i < LiveFeed.MAX_VIEWERS; i++) {
            stuck.add(join());
            stuck.get(i - 2).subscription.request(2); // The first event and the probe are on their way.
        }

        feed.makeRoom("owner");
        for (int i = 0; i <= Viewer.PROBE_TICKS; i++) {
            reading.subscription.request(2);
            feed.tick();
        }

        assertThat(stuck).extracting(client -> client.end).containsOnly("failed");
        assertThat(reading.end + wantsAll.end).isEmpty();
        assertThat(reading.events).anyMatch(event -> event.startsWith(": "));
        assertThat(feed.hasPlace("owner")).isTrue();
    }

    @Test
    void asksNoMoreOftenThanItMust() {
        Client reading = join("owner");
        reading.subscription.request(Long.MAX_VALUE);
        for (int i = 0; i < 20; i++) {
            feed.makeRoom("owner");
            feed.tick();
        }

        assertThat(commentBytes(reading)).isEqualTo(1024 * 1024);
    }

    @Test
    void keepsThePlaceOfAViewerThatReadsSlowly() {
        Client slow = join("owner");
        slow.subscription.request(1);
        feed.makeRoom("owner");
        int rounds = 20;
        for (int i = 0; i < rounds; i++) {
            for (int t = 0; t < Viewer.PROBE_TICKS; t++) {
                feed.tick();
            }
            slow.subscription.request(Viewer.PROBE_TICKS + 1); // The events of these ticks, and a piece.
        }

        assertThat(slow.end).isEmpty();
        assertThat(commentBytes(slow)).isEqualTo(1024 * 1024);
        assertThat(slow.events).filteredOn(event -> !event.startsWith(":")).hasSize(1 + rounds * Viewer.PROBE_TICKS);
    }

    @Test
    void deliversNothingButTheEndOnceItIsClosed() {
        Client client = join("owner");
        client.subscription.request(1);
        feed.makeRoom("owner");

        feed.close();
        client.subscription.request(Long.MAX_VALUE);

        assertThat(client.end).isEqualTo("complete");
        assertThat(commentBytes(client)).isZero();
    }

    private static int commentBytes(Client client) {
        return client.events.stream()
                .filter(event -> event.startsWith(":"))
                .mapToInt(String::length)
                .sum();
    }

    @Test
    void keepsNoPlaceForAViewerThatLeavesBeforeItHasOne() {
        for (int i = 0; i <= LiveFeed.MAX_VIEWERS; i++) {
            Client client = new Client();
            feed.viewer(new Object()).subscribe(client);
            client.subscription.cancel();
            runTasks();
        }

        assertThat(feed.hasPlace("owner")).isTrue();
    }

    @Test
    void endsAllStreamsWhenItIsClosed() {
        Client waiting = join();
        Client taking = join();
        taking.subscription.request(Long.MAX_VALUE);

        feed.close();

        assertThat(waiting.end).isEqualTo("complete");
        assertThat(taking.end).isEqualTo("complete");
        assertThat(join().end).isEqualTo("complete");
    }

    @Test
    void endsTheStreamIfItCannotBeStarted() {
        LiveFeed busy = new LiveFeed(
                traffic,
                new Readiness(List.of(), Clock.systemUTC()),
                new LiveFeed.Identity("shop", "1", "abc", () -> "", 7),
                Clock.systemUTC(),
                task -> {
                    throw new RejectedExecutionException("on purpose");
                });
        Client client = new Client();

        busy.viewer("owner").subscribe(client);

        assertThat(client.end).isEqualTo("complete");
    }

    @Test
    void failsTheStreamOfAViewerThatRequestsNothing() {
        Client client = join();

        client.subscription.request(0);
        feed.tick();

        assertThat(client.end).isEqualTo("failed");
        assertThat(client.events).isEmpty();
    }

    @Test
    void survivesAViewerThatThrows() {
        Client throwing = new Client() {
            @Override
            public void onNext(ByteBuffer event) {
                throw new IllegalStateException("on purpose");
            }
        };
        feed.viewer(new Object()).subscribe(throwing);
        runTasks();
        Client other = join();
        throwing.subscription.request(Long.MAX_VALUE);
        other.subscription.request(Long.MAX_VALUE);
        feed.tick();

        assertThat(other.events).hasSize(2);
    }

    @Test
    void keepsTenMinutes() {
        for (int i = 0; i < LiveFeed.MAX_SAMPLES + 50; i++) {
            feed.tick();
        }
        Client client = join();
        client.subscription.request(1);

        assertThat(client.events.get(0).split("\"thr\":", -1)).hasSize(LiveFeed.MAX_SAMPLES + 1);
    }
}
