package firstlight.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import firstlight.policy.access.ApiToken;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class AccessTest {
    private static final String LOCAL = "local-token";
    private static final String ADDRESS = "192.0.2.7";

    private Instant now = Instant.parse("2026-11-22T10:00:00Z");
    private final InMemoryAccounts accounts = new InMemoryAccounts();
    private final Access access = new Access(accounts, LOCAL, AccessSettings.USUAL, _ -> Optional.empty());

    private User ann() {
        return accounts.add(new User(
                        0,
                        "ann",
                        "",
                        User.Origin.LOCAL,
                        Role.TECHNICIAN,
                        Set.of(7L),
                        Passwords.hash("correct horse"),
                        true,
                        now))
                .orElseThrow();
    }

    private AccessFailure.Kind failureOf(String name, String password) {
        return catchThrowableOfType(AccessFailure.class, () -> access.signIn(name, password, ADDRESS, now))
                .kind();
    }

    private Optional<Caller> caller(String secret) {
        return access.caller(secret, false, ADDRESS, false, now);
    }

    @Test
    void whoCameByADirectoryOrProviderThatIsInTheConfigurationNoMoreIsOut() {
        for (User.Origin origin : User.Origin.values()) {
            User user = accounts.add(new User(0, "a" + origin, "", origin, Role.ADMINISTRATOR, Set.of(), "", true, now))
                    .orElseThrow();
            String token = Secret.fresh(Secret.TOKEN);
            accounts.add(new ApiToken(0, "backup", user.id(), Secret.hash(token), now, Optional.empty()));
            assertThat(caller(token).isPresent()).as("%s", origin).isEqualTo(origin == User.Origin.LOCAL);
        }
    }

    @Test
    void blanksAroundALocalPasswordAreNoPartOfItWhereverItIsTyped() throws Exception {
        ann();
        assertThat(access.verify("ann", " correct horse ", ADDRESS, now).name()).isEqualTo("ann");
    }

    @Test
    void theFirstPasswordIsToldOnceAndOpens() throws Exception {
        String password = access.firstPassword(now).orElseThrow();
        assertThat(access.firstPassword(now)).isEmpty();
        Access.Opened opened = access.signIn("admin", password, ADDRESS, now);
        assertThat(caller(opened.secret()).orElseThrow().role()).isEqualTo(Role.ADMINISTRATOR);
        assertThat(accounts.users().getFirst().passwordHash())
                .startsWith("$argon2id$")
                .doesNotContain(password);
    }

    @Test
    void theLocalTokenOpensOnLoopbackOnly() {
        assertThat(access.caller(LOCAL, false, "127.0.0.1", true, now)
                        .orElseThrow()
                        .name())
                .isEqualTo("local");
        assertThat(access.caller(LOCAL, false, ADDRESS, false, now)).isEmpty();
        assertThat(access.caller(LOCAL, true, "127.0.0.1", true, now)).isEmpty();
    }

    @Test
    void aSessionEndsWithItsTimeAndWithTheSignOut() throws Exception {
        ann();
        String one = access.signIn("Ann", "correct horse", ADDRESS, now).secret();
        String other = access.signIn("ann", "correct horse", ADDRESS, now).secret();
        assertThat(caller(one).orElseThrow().groups()).containsExactly(7L);
        access.signOut(one);
        assertThat(caller(one)).isEmpty();
        now = now.plus(Duration.ofHours(13));
        assertThat(caller(other)).isEmpty();
    }

    @Test
    void aTokenDoesWhatItsUserMayUntilItExpires() {
        User ann = ann();
        String secret = Secret.fresh(Secret.TOKEN);
        accounts.add(new ApiToken(
                0, "backup", ann.id(), Secret.hash(secret), now, Optional.of(now.plus(Duration.ofDays(1)))));
        assertThat(caller(secret).orElseThrow().from()).isEqualTo("192.0.2.7 token backup");
        assertThat(access.caller(secret, true, ADDRESS, false, now)).isEmpty();
        now = now.plus(Duration.ofDays(2));
        assertThat(caller(secret)).isEmpty();
    }

    @Test
    void aUserWhoIsSwitchedOffIsOutAtOnce() throws Exception {
        User ann = ann();
        String secret = access.signIn("ann", "correct horse", ADDRESS, now).secret();
        accounts.change(
                ann.id(),
                _ -> new User(
                        ann.id(), "ann", "", User.Origin.LOCAL, ann.role(), Set.of(), ann.passwordHash(), false, now));
        assertThat(caller(secret)).isEmpty();
        assertThat(failureOf("ann", "correct horse")).isEqualTo(AccessFailure.Kind.REFUSED);
    }

    @Test
    void guessingIsSlowedDownForTheNameAndOtherNamesGoOn() throws Exception {
        ann();
        for (int i = 0; i < 5; i++) {
            assertThat(failureOf("ann", "wrong " + i)).isEqualTo(AccessFailure.Kind.REFUSED);
        }
        assertThat(failureOf("ann", "correct horse")).isEqualTo(AccessFailure.Kind.TOO_MANY);
        assertThat(failureOf("bob", "x")).isEqualTo(AccessFailure.Kind.REFUSED);
        now = now.plusSeconds(11);
        assertThat(access.signIn("ann", "correct horse", ADDRESS, now).user().name())
                .isEqualTo("ann");
    }

    @Test
    void guessesThatComeAtOnceAreNoMoreThanThoseThatComeInTurn() throws Exception {
        ann();
        assertThat(refusedOf(30, _ -> "ann")).isEqualTo(5);
        now = now.plusSeconds(11);
        assertThat(refusedOf(30, _ -> "ann")).as("after the wait one").isEqualTo(1);
    }

    @Test
    void guessesAtManyNamesFromOneAddressAtOnceAreTwenty() throws Exception {
        assertThat(refusedOf(60, number -> "user" + number)).isEqualTo(20);
    }

    /** Of sign-ins with a wrong password at once, those that were tried. */
    private long refusedOf(int many, IntFunction<String> name) throws Exception {
        List<Thread> threads = new ArrayList<>();
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        for (int i = 0; i < many; i++) {
            String whose = name.apply(i);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                if (failureOf(whose, "a wrong one") == AccessFailure.Kind.REFUSED) {
                    refused.incrementAndGet();
                }
            }));
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        return refused.get();
    }

    @Test
    void rightPasswordsAreNoFailuresHoweverManyComeFromOneAddress() throws Exception {
        ann();
        for (int i = 0; i < 25; i++) {
            assertThat(access.signIn("ann", "correct horse", ADDRESS, now)
                            .user()
                            .name())
                    .isEqualTo("ann");
        }
        for (int i = 0; i < 20; i++) {
            assertThat(failureOf("user" + i, "wrong")).isEqualTo(AccessFailure.Kind.REFUSED);
        }
        assertThat(failureOf("ann", "correct horse")).isEqualTo(AccessFailure.Kind.TOO_MANY);
    }

    @Test
    void aNameThatIsTooLongForOneIsWrongAndNotKept() {
        for (int i = 0; i < 25; i++) {
            assertThat(failureOf("x".repeat(1 << 20) + i, "wrong")).isEqualTo(AccessFailure.Kind.REFUSED);
        }
    }

    @Test
    void aDaysTypingErrorsBehindOneAddressDoNotAddUp() {
        for (int i = 0; i < 60; i++) {
            assertThat(failureOf("user" + i, "wrong")).as("failure %d", i).isEqualTo(AccessFailure.Kind.REFUSED);
            now = now.plusSeconds(120);
        }
    }

    @Test
    void aProgramWithAWrongPasswordIsForgottenWithinAnHour() {
        for (int i = 0; i < 400; i++) {
            failureOf("monitor", "wrong");
            now = now.plusSeconds(641);
        }
        now = now.plusSeconds(1800);
        for (int i = 0; i < 3; i++) {
            assertThat(failureOf("user" + i, "a typing error")).isEqualTo(AccessFailure.Kind.REFUSED);
        }
    }

    @Test
    void blanksAroundANameAreNoOtherNameToGuessAt() throws Exception {
        ann();
        for (String name : List.of("ann", " ann", "ann ", "  ANN", "ann   ")) {
            assertThat(failureOf(name, "wrong")).isEqualTo(AccessFailure.Kind.REFUSED);
        }
        assertThat(failureOf(" ann ", "correct horse")).isEqualTo(AccessFailure.Kind.TOO_MANY);
    }

    @Test
    void eachFurtherFailureDoublesTheWait() {
        SignInLimit limit = new SignInLimit();
        for (int i = 0; i < 7; i++) {
            limit.ended("ann", ADDRESS, SignInLimit.Outcome.WRONG, now);
        }
        assertThat(limit.wait("ANN", "198.51.100.1", now)).contains(new SignInLimit.Wait(Duration.ofSeconds(40), true));
        assertThat(limit.wait("bob", ADDRESS, now)).isEmpty();
        limit.ended("ann", ADDRESS, SignInLimit.Outcome.RIGHT, now);
        assertThat(limit.wait("ann", ADDRESS, now)).isEmpty();
    }

    @Test
    void whoComesWhileOthersAreBeingVerifiedHasNotFailed() {
        SignInLimit limit = new SignInLimit();
        for (int i = 0; i < 5; i++) {
            assertThat(limit.begun("ann", ADDRESS, now)).isEmpty();
        }
        assertThat(limit.begun("ann", ADDRESS, now)).contains(new SignInLimit.Wait(Duration.ofSeconds(10), false));
        limit.ended("ann", ADDRESS, SignInLimit.Outcome.WRONG, now);
        assertThat(limit.begun("ann", ADDRESS, now).orElseThrow().failed()).isFalse();
        for (int i = 0; i < 4; i++) {
            limit.ended("ann", ADDRESS, SignInLimit.Outcome.WRONG, now);
        }
        assertThat(limit.begun("ann", ADDRESS, now).orElseThrow().failed()).isTrue();
    }

    @Test
    void whoHasANetworkOfIpv6HasNoFurtherGuessesWithEachOfItsAddresses() {
        SignInLimit limit = new SignInLimit();
        for (int i = 0; i < 100; i++) {
            String address = "2001:db8:0:1:0:0:0:" + Integer.toHexString(i);
            assertThat(limit.begun("user" + i, address, now)).as("%s", address).isEmpty();
            limit.ended("user" + i, address, SignInLimit.Outcome.WRONG, now);
        }
        assertThat(limit.wait("ann", "2001:db8:0:1:ffff:0:0:1", now)).isPresent();
        assertThat(limit.wait("ann", "2001:db8:0:2:0:0:0:1", now)).isEmpty();
        assertThat(limit.wait("ann", ADDRESS, now)).isEmpty();
    }

    @Test
    void anUnknownUserAndAnEmptyHashAreAWrongPassword() {
        assertThat(failureOf("nobody", "x")).isEqualTo(AccessFailure.Kind.REFUSED);
        assertThat(Passwords.isRight("x", "")).isFalse();
        assertThat(Passwords.isRight("x", "$argon2id$broken")).isFalse();
    }

    @Test
    void aProviderIsAskedOnlyWhereOneIsSetUp() {
        assertThat(catchThrowableOfType(AccessFailure.class, () -> access.sendToProvider(now))
                        .kind())
                .isEqualTo(AccessFailure.Kind.NOT_SET_UP);
    }
}
