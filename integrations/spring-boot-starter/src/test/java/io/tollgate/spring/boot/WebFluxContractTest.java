package io.tollgate.spring.boot;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.servercontract.ServerContract;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;
import java.util.Optional;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** WebFlux on Reactor Netty. */
class WebFluxContractTest extends ServerContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) {
        Application application = Application.start(WebApplicationType.REACTIVE, WebFlux.class, context -> {
            context.registerBean(RequestGuard.class, () -> guard);
            context.registerBean(TestHandlers.class, () -> handlers);
        });
        return application.asServer(thread -> thread.getName().startsWith(application.name() + "-"));
    }

    @Override
    protected boolean handlersMayBlock() {
        return false;
    }

    @Override
    protected boolean respondsToAllPipelinedRequests() {
        return false;
    }

    @Override
    protected boolean noticesClientLeaving() {
        return true;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Controller.class)
    static class WebFlux {}

    @RestController
    static class Controller {
        private final TestHandlers handlers;

        Controller(TestHandlers handlers) {
            this.handlers = handlers;
        }

        @GetMapping("/hello")
        Mono<String> hello(Optional<Principal> user) {
            return Mono.just(handlers.hello(user));
        }

        @GetMapping("/blocking")
        Mono<String> blocking(Optional<Principal> user) {
            return Mono.fromCallable(() -> handlers.blocking(user)).subscribeOn(Schedulers.boundedElastic());
        }

        @PostMapping("/echo")
        Mono<byte[]> echo(@RequestBody(required = false) Mono<byte[]> body) {
            return body.defaultIfEmpty(new byte[0]).map(handlers::echo);
        }

        @GetMapping("/status")
        ResponseEntity<Void> status() {
            return ResponseEntity.status(handlers.status()).build();
        }
    }
}
