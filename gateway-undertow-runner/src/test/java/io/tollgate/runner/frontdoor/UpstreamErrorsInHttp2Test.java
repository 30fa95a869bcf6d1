package io.tollgate.runner.frontdoor;

/** The same in HTTP/2. */
class UpstreamErrorsInHttp2Test extends UpstreamErrorsTest {
    @Override
    Deployment.Builder deployment() {
        return super.deployment().http2();
    }
}
