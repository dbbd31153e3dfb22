package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import firstlight.policy.Question;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PC with a new board and an old disk was registered a second time; a person says who it is. */
class QuestionApiTest {
    private static final String NEW_BOARD = "52:54:00:00:00:02";
    private static final Facts SHOWN =
            Facts.NONE.with(FactName.MAC, NEW_BOARD).with(FactName.DISK, "sda 256060514304 S3TWNX0K SAMSUNG");

    @TempDir
    private Path directory;

    private ApiServer server;
    private Device old;
    private Device doubled;
    private long question;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory, 50);
        old = server.device("pc-old", "52:54:00:00:00:01", "x");
        doubled = server.device("pc-new", NEW_BOARD, "x");
        question = server.database
                .questions()
                .ask(
                        new Question(
                                0,
                                IdentityKey.of(SHOWN),
                                SHOWN,
                                doubled.id(),
                                List.of(old.id()),
                                List.of("the same disk serial"),
                                Optional.empty(),
                                server.now,
                                server.now),
                        server.now)
                .id();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private ApiServer.Reply answer(String body) throws Exception {
        return server.call("POST", "/questions/" + question + "/answer", body);
    }

    private List<Device> knownBy(Facts facts) {
        return server.database.devices().sharing(IdentityKey.of(facts));
    }

    @Test
    void theAnswerThatItIsAnOldDeviceMergesTheDoubledOneIntoIt() throws Exception {
        ApiServer.Reply reply = answer("{'device': 'pc-old'}");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(server.database.devices().find(doubled.id())).isEmpty();
        assertThat(knownBy(SHOWN)).extracting(Device::name).containsExactly("pc-old");
        assertThat(server.call("GET", "/devices/pc-new", "").status()).isEqualTo(404);
        assertThat(answer("{'device': 'pc-old'}").status())
                .as("a question is answered once")
                .isEqualTo(409);
    }

    @Test
    void aDeviceThatTheQuestionIsNotAboutIsNoAnswer() throws Exception {
        server.device("pc-third", "52:54:00:00:00:77", "x");

        assertThat(answer("{'device': 'pc-third'}").status()).isEqualTo(409);
        assertThat(server.database.devices().find(doubled.id())).isPresent();
        assertThat(answer("{'device': 'pc-old'}").status()).isEqualTo(200);
    }

    @Test
    void theAnswerThatItIsNewLeavesBothAndTheNewOneKeepsWhatWasShown() throws Exception {
        assertThat(answer("{'new': true}").status()).isEqualTo(200);

        assertThat(server.database.devices().find(old.id())).isPresent();
        assertThat(knownBy(
                        Facts.NONE.with(FactName.DISK, SHOWN.all(FactName.DISK).getFirst())))
                .extracting(Device::name)
                .containsExactly("pc-new");
    }

    @Test
    void theAnswerThatItIsTheDoubledOneItselfTakesNothingAway() throws Exception {
        assertThat(answer("{'device': 'pc-new'}").status()).isEqualTo(200);

        assertThat(server.database.devices().find(doubled.id())).isPresent();
        assertThat(server.database.devices().find(old.id())).isPresent();
    }

    @Test
    void anAnswerThatCannotBeCarriedOutIsNotKept() throws Exception {
        try (Connection other =
                DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("database/firstlight.sqlite"))) {
            other.createStatement().execute("delete from device where id = " + old.id());
        }

        ApiServer.Reply reply = answer("{'device': 'pc-old'}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(409);
        assertThat(reply.text()).contains("gone meanwhile");
        assertThat(server.database.questions().open()).hasSize(1);
        assertThat(answer("{'new': true}").status()).isEqualTo(200);
    }
}
