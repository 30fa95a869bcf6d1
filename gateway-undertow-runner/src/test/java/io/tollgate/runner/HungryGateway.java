package io.tollgate.runner;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.token.AccessRule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A gateway with routes that take all of the heap. */
final class HungryGateway {
    private static final List<byte[]> EATEN = new ArrayList<>();

    private HungryGateway() {}

    public static void main(String[] args) {
        Tollgate.run(args, gateway -> {
            gateway.route("GET", "/eat", AccessRule.open(), request -> {
                eat();
                return CompletableFuture.completedStage(HttpResponse.empty(204));
            });
            gateway.route("GET", "/eat-in-a-thread", AccessRule.open(), request -> {
                new Thread(HungryGateway::eat).start();
                return CompletableFuture.completedStage(HttpResponse.empty(204));
            });
            gateway.route("GET", "/eat-in-silence", AccessRule.open(), request -> {
                try {
                    eat();
                } catch (OutOfMemoryError e) {
                    return CompletableFuture.completedStage(HttpResponse.empty(204)); // As if nothing had happened.
                }
                return CompletableFuture.completedStage(HttpResponse.empty(204));
            });
        });
    }

    private static void eat() {
        while (true) {
            EATEN.add(new byte[32 * 1024]);
        }
    }
}
