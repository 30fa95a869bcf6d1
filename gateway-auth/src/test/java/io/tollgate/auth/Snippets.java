package io.tollgate.auth;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.token.TokenService;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.auth.keys.FileKeys;
import io.tollgate.auth.keys.KeyFile;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.refresh.BoundedRedisSockets;
import io.tollgate.auth.refresh.InMemoryRefreshTokenStore;
import io.tollgate.auth.refresh.RedisRefreshTokenStore;
import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.refresh.Rotation;
import io.tollgate.auth.refresh.RotationRequest;
import io.tollgate.auth.testkit.RefreshTokenStoreContract;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.UnifiedJedis;

/** The examples of this module's Javadoc, which a test of the example {@code embed-jdk} compares with this file. */
@SuppressWarnings("all")
abstract class Snippets {
    // JwtTokenService
    void issue() {
        TokenService tokens = JwtTokenService.builder()
                .secret(System.getenv("JWT_SECRET_KEY"))
                .build();
        CompletionStage<TokenPair> pair = tokens.issue(Principal.of("user-1"));
    }

    // JwtVerifier
    void verify(byte[] secret) {
        TokenVerifier verifier = JwtVerifier.builder()
                .keys(KeySource.fixed(TokenKey.secret(SignatureAlgorithm.HS256, secret)))
                .issuer("https://users.example")
                .build();
    }

    // FileKeys
    void readKeys() {
        FileKeys keys = FileKeys.builder()
                .file(Path.of("keys/current.pem"))
                .file(Path.of("keys/previous.pem"))
                .build();
    }

    // KeySource
    void unite(byte[] secret) {
        KeySource keys = KeySource.all(
                KeySource.fixed(TokenKey.secret(SignatureAlgorithm.HS256, secret)),
                RemoteKeys.builder()
                        .uri(URI.create("https://issuer.example/.well-known/jwks.json"))
                        .build());
    }

    // package-info
    void keepTokensInRedis(UnifiedJedis redis) {
        TokenService tokens = JwtTokenService.builder()
                .keys(FileKeys.builder()
                        .file(KeyFile.of(Path.of("keys/current.pem")))
                        .build())
                .refreshTokenStore(
                        RedisRefreshTokenStore.builder().client(redis).build())
                .build();
    }

    // BoundedRedisSockets
    void boundReplies(HostAndPort address, JedisClientConfig config) {
        JedisSocketFactory sockets = new BoundedRedisSockets(new DefaultJedisSocketFactory(address, config));
        ConnectionFactory connections = new ConnectionFactory(sockets, config);
    }

    // RefreshTokenStore
    DataSource dataSource;

    class JdbcRefreshTokenStoreTest extends RefreshTokenStoreContract {
        protected RefreshTokenStore store() {
            return new JdbcRefreshTokenStore(dataSource);
        }
    }

    static class JdbcRefreshTokenStore implements RefreshTokenStore {
        private final RefreshTokenStore rows =
                InMemoryRefreshTokenStore.builder().build();

        JdbcRefreshTokenStore(DataSource dataSource) {}

        public CompletionStage<Void> create(RefreshFamily family, RefreshTokenRecord first, CallContext context) {
            return rows.create(family, first, context);
        }

        public CompletionStage<Rotation> rotate(RotationRequest request, CallContext context) {
            return rows.rotate(request, context);
        }

        public CompletionStage<Void> revoke(String familyId, String tokenHash) {
            return rows.revoke(familyId, tokenHash);
        }

        public CompletionStage<Void> revokeAll(String userId) {
            return rows.revokeAll(userId);
        }
    }
}
