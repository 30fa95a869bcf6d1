package io.tollgate.runner.frontdoor;

/** The same in HTTP/2. */
class ContractInHttp2Test extends ContractTest {
    @Override
    Deployment.Builder deployment() {
        return super.deployment().http2();
    }
}
