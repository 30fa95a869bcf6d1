package io.tollgate.spring.boot;

import org.springframework.boot.WebApplicationType;

/** The routes of WebFlux. */
class WebFluxRoutesTest extends RoutesContract {
    WebFluxRoutesTest() {
        super(WebApplicationType.REACTIVE);
    }
}
