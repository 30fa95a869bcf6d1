package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tollgate.api.Principal;
import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.TestRateLimitContext;
import java.net.Inet6Address;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeySelectorTest {
    private static final Principal ALICE = new Principal("alice", Set.of(), Set.of(), Map.of("plan", "gold"));

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, ip:192.0.2.1",
        "255.0.0.255, ip:255.0.0.255",
        "2001:db8:1:2:3:4:5:6, ip:2001:db8:1:2::/64",
        "2001:DB8:1:2::1, ip:2001:db8:1:2::/64",
        "2001:db8::1, ip:2001:db8::/64",
        "2001:0:0:1::1, ip:2001:0:0:1::/64",
        "0:0:1:2::1, ip:0:0:1:2::/64",
        "::1, ip:::/64",
        "::ffff:192.0.2.1, ip:192.0.2.1",
    })
    void namesAnAddress(String address, String key) {
        assertThat(KeySelector.address()
                        .key(TestRateLimitContext.withoutRoute("GET").withClientAddress(address)))
                .contains(key);
    }

    @Test
    void readsAnIpv4AddressThatStayedMapped() throws Exception {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 1};
        Inet6Address address = Inet6Address.getByAddress("host", mapped, 0);
        assertThat(address).isInstanceOf(Inet6Address.class);
        assertThat(KeySelector.address()
                        .key(TestRateLimitContext.withoutRoute("GET").withClientAddress(address)))
                .contains("ip:192.0.2.1");
    }

    @Test
    void prefersTheUserToTheAddress() {
        assertThat(KeySelector.userOrAddress()
                        .key(TestRateLimitContext.withoutRoute("GET").withPrincipal(ALICE)))
                .contains("user:alice");
        assertThat(KeySelector.userOrAddress().key(TestRateLimitContext.withoutRoute("GET")))
                .contains("ip:192.0.2.1");
        assertThat(KeySelector.user().key(TestRateLimitContext.withoutRoute("GET")))
                .isEmpty();
    }

    @Test
    void namesHeadersClaimsAttributesAndRoutes() {
        TestRateLimitContext request = TestRateLimitContext.of("POST", "/a/{b}")
                .withPrincipal(ALICE)
                .withHeader("X-Tenant", "acme")
                .withAttribute("account", "A@example.com");
        assertThat(KeySelector.header("x-TENANT").key(request)).contains("header:x-tenant:acme");
        assertThat(KeySelector.header("missing").key(request)).isEmpty();
        assertThat(KeySelector.claim("plan").key(request)).contains("claim:plan:gold");
        assertThat(KeySelector.claim("missing").key(request)).isEmpty();
        assertThat(KeySelector.attribute("account").key(request)).contains("attribute:account:a@example.com");
        assertThat(KeySelector.route().key(request)).contains("route:POST /a/{b}");
        assertThat(KeySelector.route().key(TestRateLimitContext.withoutRoute("GET")))
                .contains("route:none");
        assertThat(KeySelector.global().key(request)).contains("global");
    }

    @Test
    void namesTheSubjectOfACertificate() {
        X509Certificate billing =
                TestAuthority.create("Test").issue("billing").chain().get(0);
        TestRateLimitContext anonymous = TestRateLimitContext.withoutRoute("GET");
        TestRateLimitContext known = anonymous.withClientCertificate(billing);
        assertThat(KeySelector.certificate().key(known)).contains("certificate:CN=billing");
        assertThat(KeySelector.certificate().key(anonymous)).isEmpty();

        assertThat(Matchers.certificate("CN=shop", "cn = Billing").test(known)).isTrue();
        assertThat(Matchers.certificate("CN=shop").test(known)).isFalse();
        assertThat(Matchers.certificate("CN=billing").test(anonymous)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> Matchers.certificate("billing"));
    }

    @Test
    void joinsKeysSoThatNoneCanPretendToBeAnother() {
        KeySelector both = KeySelector.header("a").and(KeySelector.header("b"));
        assertThat(both.key(TestRateLimitContext.withoutRoute("GET")
                        .withHeader("a", "1")
                        .withHeader("b", "2")))
                .contains("header:a:1|header:b:2");
        assertThat(both.key(TestRateLimitContext.withoutRoute("GET").withHeader("a", "1")))
                .isEmpty();
        assertThat(both.key(TestRateLimitContext.withoutRoute("GET")
                        .withHeader("a", "1|header:b:2")
                        .withHeader("b", "3")))
                .isNotEqualTo(both.key(TestRateLimitContext.withoutRoute("GET")
                        .withHeader("a", "1")
                        .withHeader("b", "2|header:b:3")));
        assertThat(both.key(TestRateLimitContext.withoutRoute("GET")
                        .withHeader("a", "1\\")
                        .withHeader("b", "|")))
                .isNotEqualTo(both.key(TestRateLimitContext.withoutRoute("GET")
                        .withHeader("a", "1\\|")
                        .withHeader("b", "")));
    }

    @Test
    void escapesTheSeparatorWhereverItIs() {
        assertThat(joined("a", "b")).isEqualTo("a|b");
        assertThat(joined("|a", "b")).isEqualTo("\\|a|b");
        assertThat(joined("a", "|")).isEqualTo("a|\\|");
        assertThat(joined("\\a", "b")).isEqualTo("\\\\a|b");
        assertThat(joined("a\\", "b|")).isEqualTo("a\\\\|b\\|");
    }

    private static String joined(String first, String second) {
        KeySelector one = request -> Optional.of(first);
        return one.and(request -> Optional.of(second))
                .key(TestRateLimitContext.withoutRoute("GET"))
                .orElseThrow();
    }

    @Test
    void hasNoKeyForAnEmptyHeaderOrAttribute() {
        assertThat(KeySelector.header("a")
                        .key(TestRateLimitContext.withoutRoute("GET").withHeader("a", "")))
                .isEmpty();
        assertThat(KeySelector.attribute("a")
                        .key(TestRateLimitContext.withoutRoute("GET").withAttribute("a", "")))
                .isEmpty();
    }

    @Test
    void takesTheOtherKeyOnlyIfTheFirstIsMissing() {
        KeySelector either = KeySelector.header("a").or(KeySelector.header("b"));

        assertThat(either.key(TestRateLimitContext.withoutRoute("GET")
                        .withHeader("a", "1")
                        .withHeader("b", "2")))
                .contains("header:a:1");
        assertThat(either.key(TestRateLimitContext.withoutRoute("GET").withHeader("b", "2")))
                .contains("header:b:2");
        assertThat(either.key(TestRateLimitContext.withoutRoute("GET"))).isEmpty();
    }
}
