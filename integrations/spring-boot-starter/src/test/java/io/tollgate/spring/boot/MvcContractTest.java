package io.tollgate.spring.boot;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.servercontract.ServerContract;
import io.tollgate.servercontract.ServerUnderTest;
import io.tollgate.servercontract.TestHandlers;
import java.util.Optional;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.embedded.tomcat.TomcatWebServer;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Spring MVC on Tomcat. */
class MvcContractTest extends ServerContract {
    @Override
    protected ServerUnderTest start(RequestGuard guard, TestHandlers handlers) {
        Application application = Application.start(WebApplicationType.SERVLET, Mvc.class, context -> {
            context.registerBean(RequestGuard.class, () -> guard);
            context.registerBean(TestHandlers.class, () -> handlers);
        });
        String threads = threads((ServletWebServerApplicationContext) application.context());
        return application.asServer(thread -> thread.getName().startsWith(threads));
    }

    private static String threads(ServletWebServerApplicationContext context) {
        AbstractProtocol<?> protocol = (AbstractProtocol<?>) ((TomcatWebServer) context.getWebServer())
                .getTomcat()
                .getConnector()
                .getProtocolHandler();
        return "http-nio-127.0.0.1-auto-" + protocol.getNameIndex() + "-";
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Controller.class)
    static class Mvc {}

    @RestController
    static class Controller {
        private final TestHandlers handlers;

        Controller(TestHandlers handlers) {
            this.handlers = handlers;
        }

        @GetMapping("/hello")
        String hello(Optional<Principal> user) {
            return handlers.hello(user);
        }

        @GetMapping("/blocking")
        String blocking(Optional<Principal> user) {
            return handlers.blocking(user);
        }

        @PostMapping("/echo")
        byte[] echo(@RequestBody(required = false) byte[] body) {
            return handlers.echo(body == null ? new byte[0] : body);
        }

        @GetMapping("/status")
        ResponseEntity<Void> status() {
            return ResponseEntity.status(handlers.status()).build();
        }
    }
}
