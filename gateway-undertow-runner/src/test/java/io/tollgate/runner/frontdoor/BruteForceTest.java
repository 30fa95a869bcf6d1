package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Guessing passwords and tokens, from many addresses. Each test has a gateway, and so buckets, of its own. */
class BruteForceTest {
    private static final String RIGHT = "correct horse";
    private static final String WRONG = "wrong horse";

    private Client client;

    @Test
    void refusesLoginsOfAnAddressThatFailedTooOften() throws Exception {
        try (Deployment deployment =
                gateway().with("AUTH_BRUTE_FORCE_ADDRESS_FAILURES", "3").start()) {
            client = deployment.client();
            register("ann");
            for (String guessed : new String[] {"one", "two", "three"}) {
                assertThat(login("198.51.100.1", guessed, WRONG).status()).isEqualTo(401);
            }

            Answer refused = login("198.51.100.1", "ann", RIGHT);

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("RATE_LIMIT_EXCEEDED");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(240, 300);
            assertThat(refused.header("X-RateLimit-Limit")).isEqualTo("3");
            assertThat(client.get("/health", "X-Forwarded-For", "198.51.100.1").status())
                    .as("all else goes on")
                    .isEqualTo(200);
            assertThat(login("198.51.100.2", "ann", RIGHT).status())
                    .as("another address")
                    .isEqualTo(200);
        }
    }

    @Test
    void chargesNothingForLoginsThatSucceed() throws Exception {
        try (Deployment deployment =
                gateway().with("AUTH_BRUTE_FORCE_ADDRESS_FAILURES", "1").start()) {
            client = deployment.client();
            register("ann");

            for (int i = 0; i < 5; i++) {
                assertThat(login("198.51.100.1", "ann", RIGHT).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void stopsListeningToAnAddressThatGuessesTokensButNotToThoseWithGoodOnes() throws Exception {
        try (Deployment deployment =
                gateway().with("AUTH_BRUTE_FORCE_BAD_TOKENS", "3").start()) {
            client = deployment.client();
            String good = deployment.token("ann");
            assertThat(purchase("198.51.100.1", good + "x").status()).isEqualTo(401);
            assertThat(purchase("198.51.100.1", "guess").status()).isEqualTo(401);
            assertThat(purchase("198.51.100.1", "a.b.c").status()).isEqualTo(401);

            Answer refused = purchase("198.51.100.1", "guess");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(purchase("198.51.100.1", good).status())
                    .as("a neighbour behind the same address")
                    .isEqualTo(200);
            assertThat(purchase("198.51.100.2", "guess").status())
                    .as("another address")
                    .isEqualTo(401);
        }
    }

    @Test
    void doesNotTakeAnExpiredTokenForAGuess() throws Exception {
        String expired = Deployment.mintExpired("ann");
        try (Deployment deployment =
                gateway().with("AUTH_BRUTE_FORCE_BAD_TOKENS", "1").start()) {
            client = deployment.client();

            for (int i = 0; i < 3; i++) {
                assertThat(purchase("198.51.100.1", expired).code()).isEqualTo("TOKEN_EXPIRED");
            }
        }
    }

    @Test
    void slowsDownThoseWhoFailForAnAccountThatIsAttacked() throws Exception {
        try (Deployment deployment = attacked()) {
            client = deployment.client();
            Answer again = login("198.51.100.1", "ann", WRONG);

            assertThat(again.status()).isEqualTo(429);
            assertThat(Integer.parseInt(again.header("Retry-After"))).isBetween(240, 300);
            assertThat(login("198.51.100.1", "ANN", RIGHT).status())
                    .as("in capitals it is the same account")
                    .isEqualTo(429);
            assertThat(login("198.51.100.1", "bob", RIGHT).status())
                    .as("another account from there")
                    .isEqualTo(200);
            assertThat(login("198.51.100.9", "ann", WRONG).status())
                    .as("a new address has one guess")
                    .isEqualTo(401);
            assertThat(login("198.51.100.9", "ann", WRONG).status())
                    .as("and then waits")
                    .isEqualTo(429);
        }
    }

    @Test
    void neverLocksTheOwnerOut() throws Exception {
        try (Deployment deployment = attacked()) {
            client = deployment.client();
            for (int i = 0; i < 50; i++) {
                assertThat(login("203.0.113." + i, "ann", WRONG).status()).isEqualTo(401);
            }

            assertThat(login("192.0.2.1", "ann", RIGHT).status())
                    .as("from where the owner never was")
                    .isEqualTo(200);
        }
    }

    @Test
    void bearsWithTheTypingErrorsOfAnOwnerAtAKnownAddress() throws Exception {
        try (Deployment deployment =
                gateway().with("AUTH_BRUTE_FORCE_ACCOUNT_FAILURES", "3").start()) {
            client = deployment.client();
            register("ann");
            assertThat(login("192.0.2.1", "ann", RIGHT).status()).isEqualTo(200);
            attack();

            assertThat(login("192.0.2.1", "ann", WRONG).status()).isEqualTo(401);
            assertThat(login("192.0.2.1", "ann", WRONG).status()).isEqualTo(401);
            assertThat(login("192.0.2.1", "ann", RIGHT).status()).isEqualTo(200);
        }
    }

    @Test
    void canBeSwitchedOff() throws Exception {
        try (Deployment deployment =
                gateway().with("AUTH_BRUTE_FORCE_ENABLED", "false").start()) {
            client = deployment.client();

            for (int i = 0; i < 30; i++) {
                assertThat(login("198.51.100.1", "ann", WRONG).status()).isEqualTo(401);
                assertThat(purchase("198.51.100.1", "guess").status()).isEqualTo(401);
            }
        }
    }

    /** Ann and Bob have accounts, and three addresses have failed for Ann's. */
    private Deployment attacked() throws Exception {
        Deployment deployment =
                gateway().with("AUTH_BRUTE_FORCE_ACCOUNT_FAILURES", "3").start();
        client = deployment.client();
        register("ann");
        register("bob");
        attack();
        return deployment;
    }

    private void attack() {
        for (int i = 1; i <= 3; i++) {
            assertThat(login("198.51.100." + i, "ann", WRONG).status()).isEqualTo(401);
        }
    }

    private static Deployment.Builder gateway() {
        return Deployment.builder()
                .with("SERVER_HTTP_TRUSTED_PROXIES", "127.0.0.1")
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000000");
    }

    private void register(String name) {
        assertThat(client.post(
                                "/api/v1/users/register",
                                "{\"email\":\"" + name + "@example.org\",\"username\":\"" + name + "\",\"password\":\""
                                        + RIGHT + "\"}",
                                "X-Forwarded-For",
                                "192.0.2.99")
                        .status())
                .isEqualTo(201);
    }

    private Answer login(String address, String name, String password) {
        return client.post(
                "/api/v1/users/login",
                "{\"email\":\"" + name + "@example.org\",\"password\":\"" + password + "\"}",
                "X-Forwarded-For",
                address);
    }

    private Answer purchase(String address, String token) {
        return client.post(
                "/api/v1/tickets/rock-2026/purchase",
                "{}",
                "X-Forwarded-For",
                address,
                "Authorization",
                "Bearer " + token);
    }
}
