package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.policy.access.Accounts;
import firstlight.policy.access.ApiToken;
import firstlight.policy.access.AuditEntry;
import firstlight.policy.access.AuditLog;
import firstlight.policy.access.Confirmation;
import firstlight.policy.access.Role;
import firstlight.policy.access.SignIn;
import firstlight.policy.access.User;
import firstlight.policy.access.UserChange;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestStorage.class)
class AccessTest extends OnEachStorage {
    private static final User ANN = new User(
            0,
            "Ann",
            "Ann O'Hara",
            User.Origin.LOCAL,
            Role.TECHNICIAN,
            Set.of(3L, 5L),
            "pbkdf2$600000$c2FsdA$aGFzaA",
            true,
            NOW);

    private static User named(User user, String name) {
        return new User(
                user.id(),
                name,
                user.fullName(),
                user.origin(),
                user.role(),
                user.groups(),
                user.passwordHash(),
                user.enabled(),
                user.created());
    }

    @Test
    void usersSurviveARestartWithAllThatIsKnownOfThem() {
        User ann = database.accounts().add(ANN).orElseThrow();
        restart();

        assertThat(ann).usingRecursiveComparison().ignoringFields("id").isEqualTo(ANN);
        assertThat(database.accounts().user("ANN")).contains(ann);
        assertThat(database.accounts().user(ann.id())).contains(ann);
        assertThat(database.accounts().users()).containsExactly(ann);
    }

    @Test
    void noTwoUsersHaveOneNameWhateverItsCase() {
        Accounts accounts = database.accounts();
        User ann = accounts.add(ANN).orElseThrow();
        User bob = accounts.add(named(ANN, "bob")).orElseThrow();

        assertThat(accounts.add(named(ANN, "aNN"))).isEmpty();
        assertThat(accounts.change(bob.id(), user -> named(user, "ANN"))).isEqualTo(UserChange.Refused.NAME_TAKEN);
        assertThat(accounts.user(bob.id())).contains(bob);
        assertThat(accounts.change(ann.id(), user -> named(user, "ANN"))).isInstanceOf(UserChange.Kept.class);
        assertThat(accounts.user(ann.id()).orElseThrow().name()).isEqualTo("ANN");
        assertThat(accounts.change(999, user -> named(user, "carl")))
                .as("nobody has that number")
                .isEqualTo(UserChange.Refused.GONE);
    }

    @Test
    void aUserWhoWasSwitchedOffStaysSoWhenThePasswordChangesInTheSameMoment() {
        Accounts accounts = database.accounts();
        User ann = accounts.add(ANN).orElseThrow();
        CompletableFuture<UserChange> own = new CompletableFuture<>();

        accounts.change(ann.id(), user -> {
            Thread.ofVirtual().start(() -> own.complete(accounts.change(ann.id(), now -> now.withPassword("another"))));
            assertThatThrownBy(() -> own.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            return as(user, user.role(), false);
        });

        own.join();
        User now = accounts.user(ann.id()).orElseThrow();
        assertThat(now.enabled()).isFalse();
        assertThat(now.passwordHash()).isEqualTo("another");
    }

    @Test
    void ofTwoAdministratorsWhoTakeEachOthersRoleInTheSameMomentOneStays() {
        Accounts accounts = database.accounts();
        User ann = accounts.add(as(ANN, Role.ADMINISTRATOR, true)).orElseThrow();
        User bob = accounts.add(named(ann, "bob")).orElseThrow();
        accounts.add(as(named(ann, "carl"), Role.ADMINISTRATOR, false));
        CompletableFuture<UserChange> other = new CompletableFuture<>();

        UserChange first = accounts.change(bob.id(), user -> {
            Thread.ofVirtual()
                    .start(() -> other.complete(accounts.change(ann.id(), now -> as(now, Role.VIEWER, true))));
            assertThatThrownBy(() -> other.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            return as(user, Role.VIEWER, true);
        });

        assertThat(first).isInstanceOf(UserChange.Kept.class);
        assertThat(other.join()).isEqualTo(UserChange.Refused.LAST_ADMINISTRATOR);
        assertThat(accounts.remove(ann.id())).isEqualTo(UserChange.Refused.LAST_ADMINISTRATOR);
        assertThat(accounts.change(ann.id(), now -> as(now, Role.ADMINISTRATOR, false)))
                .isEqualTo(UserChange.Refused.LAST_ADMINISTRATOR);
        assertThat(accounts.user(ann.id())).contains(ann);
        assertThat(accounts.changeAsTold(ann.id(), now -> as(now, Role.VIEWER, true)))
                .as("a directory may")
                .isInstanceOf(UserChange.Kept.class);
    }

    private static User as(User user, Role role, boolean enabled) {
        return new User(
                user.id(),
                user.name(),
                user.fullName(),
                user.origin(),
                role,
                user.groups(),
                user.passwordHash(),
                enabled,
                user.created());
    }

    @Test
    void theFirstUserIsMadeOnce() {
        assertThat(database.accounts().addFirst(ANN)).isPresent();
        assertThat(database.accounts().addFirst(named(ANN, "bob"))).isEmpty();
    }

    @Test
    void tokensAndSignInsEndWithTheirTimeAndWithTheirUser() {
        Accounts accounts = database.accounts();
        User ann = accounts.add(ANN).orElseThrow();
        ApiToken forEver = accounts.add(new ApiToken(0, "backup", ann.id(), "hash-1", NOW, Optional.empty()));
        ApiToken aDay =
                accounts.add(new ApiToken(0, "guest", ann.id(), "hash-2", NOW, Optional.of(NOW.plusSeconds(86_400))));
        SignIn signIn = new SignIn("hash-3", ann.id(), "10.0.0.7", NOW, NOW.plusSeconds(3600));
        accounts.add(signIn);
        restart();

        Accounts again = database.accounts();
        assertThat(again.token("hash-1", NOW.plusSeconds(1_000_000_000))).contains(forEver);
        assertThat(again.token("hash-2", NOW)).contains(aDay);
        assertThat(again.token("hash-2", NOW.plusSeconds(86_400))).isEmpty();
        assertThat(again.token("hash-x", NOW)).isEmpty();
        assertThat(again.signIn("hash-3", NOW)).contains(signIn);
        assertThat(again.signIn("hash-3", NOW.plusSeconds(3600))).isEmpty();
        assertThat(again.removeToken(aDay.id())).isTrue();
        assertThat(again.tokens()).containsExactly(forEver);

        assertThat(again.remove(ann.id())).isInstanceOf(UserChange.Kept.class);
        assertThat(again.remove(ann.id())).isEqualTo(UserChange.Refused.GONE);
        assertThat(again.token("hash-1", NOW)).isEmpty();
        assertThat(again.signIn("hash-3", NOW)).isEmpty();
    }

    @Test
    void aNewPasswordEndsTheSessionsOfWhoeverKnewTheFormerOne() {
        Accounts accounts = database.accounts();
        User ann = accounts.add(ANN).orElseThrow();
        User bob = accounts.add(named(ANN, "bob")).orElseThrow();
        accounts.add(new SignIn("of-ann", ann.id(), "10.0.0.5", NOW, NOW.plusSeconds(100)));
        accounts.add(new SignIn("of-bob", bob.id(), "10.0.0.6", NOW, NOW.plusSeconds(100)));

        accounts.change(ann.id(), user -> named(user, "Ann"));
        assertThat(accounts.signIn("of-ann", NOW))
                .as("another name is no other password")
                .isPresent();
        accounts.change(ann.id(), user -> user.withPassword("another"));

        assertThat(accounts.signIn("of-ann", NOW)).isEmpty();
        assertThat(accounts.signIn("of-bob", NOW)).isPresent();
    }

    @Test
    void theAuditLogTellsTheNewestFirstOfAllOrOfOneDevice() {
        AuditEntry first = database.audit()
                .append(new AuditEntry(
                        0, NOW, "ann", "10.0.0.7", "work.assign", List.of(4L, 2L, 4L), "restore room12"));
        AuditEntry second = database.audit()
                .append(new AuditEntry(0, NOW, "bob", "::1 token x", "user.add", List.of(), "carl\0 as viewer"));
        restart();

        assertThat(database.audit().entries(0, 0, 10))
                .extracting(AuditEntry::id)
                .containsExactly(second.id(), first.id());
        assertThat(database.audit().entries(4, 0, 10)).containsExactly(first);
        assertThat(database.audit().entries(5, 0, 10)).isEmpty();
        assertThat(database.audit().entries(0, second.id(), 10)).containsExactly(first);
        assertThat(database.audit().entries(0, 0, 1)).hasSize(1);
    }

    @Test
    void aHeldRequestIsDecidedOnce() {
        Confirmation held = database.confirmations()
                .hold(new Confirmation(
                        0, NOW, "ann", "work.assign", List.of(1L, 2L), "{}", Confirmation.State.HELD, ""));
        restart();

        assertThat(database.confirmations().find(held.id())).contains(held);
        assertThat(database.confirmations().decide(held.id(), Confirmation.State.CONFIRMED, "bob"))
                .hasValueSatisfying(decided -> {
                    assertThat(decided.state()).isEqualTo(Confirmation.State.CONFIRMED);
                    assertThat(decided.decidedBy()).isEqualTo("bob");
                });
        assertThat(database.confirmations().decide(held.id(), Confirmation.State.REFUSED, "carl"))
                .isEmpty();
        assertThat(database.confirmations().list(5))
                .extracting(Confirmation::decidedBy)
                .containsExactly("bob");
    }

    @Test
    void aRequestThatIsHeldIsFoundBeforeAllThatWereDecided() {
        Confirmation wanted =
                new Confirmation(0, NOW, "ann", "work.assign", List.of(1L), "{}", Confirmation.State.HELD, "");
        long held = database.confirmations().hold(wanted).id();
        for (int i = 0; i < 3; i++) {
            long later = database.confirmations().hold(wanted).id();
            assertThat(database.confirmations().decide(later, Confirmation.State.REFUSED, "bob"))
                    .isPresent();
        }
        assertThat(database.confirmations().list(2))
                .extracting(Confirmation::id)
                .containsExactly(held, held + 3);
    }

    @Test
    void failedSignInsFillNoDiskAndPushNothingElseOutOfTheAudit() {
        database.audit().append(new AuditEntry(0, NOW, "ann", "::1", "user.add", List.of(3L), "bob"));
        int many = AuditLog.FAILED_SIGN_INS + 2000;
        database.devices().together(() -> {
            for (int i = 0; i < many; i++) {
                List<Long> devices = i % 100 == 0 ? List.of(7L) : List.of();
                database.audit().append(new AuditEntry(0, NOW, "-", "::1", AuditEntry.FAILED_SIGN_IN, devices, "" + i));
            }
            return many;
        });

        List<AuditEntry> kept = database.audit().entries(0, 0, 20_000);
        assertThat(kept).hasSize(AuditLog.FAILED_SIGN_INS + 1);
        assertThat(kept.getFirst().text()).isEqualTo("" + (many - 1));
        assertThat(kept.getLast().action()).isEqualTo("user.add");
        assertThat(database.audit().entries(7, 0, 20_000)).hasSize(AuditLog.FAILED_SIGN_INS / 100);
    }
}
