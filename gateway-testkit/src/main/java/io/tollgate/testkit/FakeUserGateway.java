package io.tollgate.testkit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.TimeSource;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.User;
import io.tollgate.api.user.UserGateway;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A user service in memory, which can be made to fail:
 *
 * <pre>{@code
 * FakeUserGateway users = new FakeUserGateway().withAccount("ann@example.org", "ann", "correct horse");
 * users.failNext(GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "The user service is unavailable."));
 * }</pre>
 *
 * <p>Ids and tokens are numbered: {@code user-1}, {@code access-1}, {@code refresh-1}. A refresh token works once. Calls complete
 * on the calling thread, and those that hang on the thread that releases or cancels them, or on a timer's when their deadline
 * passes. Thread-safe.
 */
public final class FakeUserGateway implements UserGateway {
    private final TimeSource time;
    private final ScriptedCalls calls = new ScriptedCalls();
    private final Map<String, Account> byEmail = new HashMap<>();
    private final Map<String, User> byUsername = new HashMap<>();
    private final Map<String, User> byRefreshToken = new HashMap<>();
    private int issued;
    private boolean issuesTokens = true;

    private record Account(User user, String password) {}

    /** Creates a service without accounts, which dates them by the clock of the system. */
    public FakeUserGateway() {
        this(TimeSource.system());
    }

    /** Creates a service without accounts, which dates them by {@code time}. */
    public FakeUserGateway(TimeSource time) {
        this.time = requireNonNull(time, "time");
    }

    /** Adds an account. */
    public synchronized FakeUserGateway withAccount(String email, String username, String password) {
        add(new Registration(email, username, password));
        return this;
    }

    /** Leaves the tokens to the gateway: sessions have none from now on. */
    public synchronized FakeUserGateway withoutTokens() {
        issuesTokens = false;
        return this;
    }

    /** Has a call fail: the next one, or the one after those that were scripted before. */
    public FakeUserGateway failNext(GatewayException failure) {
        calls.fail(failure);
        return this;
    }

    /** Has a call hang, like {@link #failNext}, until {@link #release()}, its cancellation, or its deadline. */
    public FakeUserGateway hangNext() {
        calls.hang();
        return this;
    }

    /** Lets the calls that hang continue, on the calling thread. */
    public void release() {
        calls.release();
    }

    /** Returns the number of calls that hang now. */
    public int hanging() {
        return calls.hanging();
    }

    /** Returns the contexts of the calls so far, in order. */
    public List<CallContext> contexts() {
        return calls.contexts();
    }

    @Override
    public CompletionStage<Session> register(Registration registration, CallContext context) {
        requireNonNull(registration, "registration");
        return calls.call(context, () -> session(add(registration)));
    }

    @Override
    public CompletionStage<Session> login(Credentials credentials, CallContext context) {
        requireNonNull(credentials, "credentials");
        return calls.call(context, () -> session(find(credentials)));
    }

    @Override
    public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
        requireNonNull(refreshToken, "refreshToken");
        return calls.call(context, () -> rotate(refreshToken));
    }

    private synchronized User add(Registration registration) {
        String email = registration.email().toLowerCase(Locale.ROOT);
        if (byEmail.containsKey(email) || byUsername.containsKey(registration.username())) {
            throw GatewayException.of(CommonError.RESOURCE_ALREADY_EXISTS, "The email or username is taken.");
        }
        User user = new User(
                "user-" + (byEmail.size() + 1),
                registration.email(),
                registration.username(),
                Optional.of(time.now()),
                Optional.of(time.now()));
        byEmail.put(email, new Account(user, registration.password()));
        byUsername.put(registration.username(), user);
        return user;
    }

    private synchronized User find(Credentials credentials) {
        Account account = byEmail.get(credentials.email().toLowerCase(Locale.ROOT));
        if (account == null || !account.password().equals(credentials.password())) {
            throw GatewayException.of(CommonError.UNAUTHENTICATED, "The email or password is wrong.");
        }
        return account.user();
    }

    private synchronized Session session(User user) {
        return new Session(user, issuesTokens ? Optional.of(issue(user)) : Optional.empty());
    }

    private synchronized TokenPair rotate(String refreshToken) {
        User user = byRefreshToken.remove(refreshToken);
        if (user == null) {
            throw GatewayException.of(CommonError.UNAUTHENTICATED, "The refresh token is not valid.");
        }
        return issue(user);
    }

    private TokenPair issue(User user) {
        issued++;
        byRefreshToken.put("refresh-" + issued, user);
        return TokenPair.of("access-" + issued, "refresh-" + issued);
    }
}
