package firstlight.wire.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.Ipv4Address;
import firstlight.model.Scripts;
import firstlight.model.StageTime;
import firstlight.model.WorkScript;
import firstlight.wire.multicast.StreamSeal;
import firstlight.wire.multicast.StreamTicket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class WorkCodecTest {
    private static final StreamTicket TICKET = new StreamTicket(
            0xF000_0001,
            Ipv4Address.parse("239.255.1.2"),
            8446,
            Ipv4Address.parse("192.168.1.10"),
            40_001,
            Bytes.of(new byte[StreamSeal.SECRET]),
            12,
            80_000);

    private static final WorkOrder.Heading HEADING =
            new WorkOrder.Heading(17, "pc-\"03\"", After.REBOOT, List.of("assigned by hand", "größer"));

    static final List<WorkOrder> ORDERS = List.of(
            new WorkOrder.Capture(HEADING, "room12", List.of(), WorkOrder.Capture.IfLocked.RAW, List.of(), List.of()),
            new WorkOrder.Capture(
                    HEADING,
                    "room12",
                    List.of("/dev/sda", "/dev/nvme0n1"),
                    WorkOrder.Capture.IfLocked.STOP,
                    WorkOrder.Capture.IfUnreadable.ZERO,
                    List.of("pagefile.sys", "Users/*/AppData/Local/Temp/*"),
                    List.of("secret")),
            new WorkOrder.Restore(HEADING, "room12", 3, List.of(), "PC-03"),
            new WorkOrder.Restore(HEADING, "room12", 3, List.of(), "PC-03").by(TICKET),
            new WorkOrder.Restore(HEADING, "room12", 3, List.of(), "PC-03").opening(List.of("secret", "größer")),
            new WorkOrder.Restore(
                    HEADING,
                    "room12",
                    3,
                    List.of(),
                    "",
                    new TreeMap<>(Map.of("partitions", "2,3", "grow", "none")),
                    List.of(new WorkOrder.Restore.AddOn("drivers", 7), new WorkOrder.Restore.AddOn("office", 1)),
                    true),
            new WorkOrder.Wipe(
                    new WorkOrder.Heading(
                            2,
                            "x",
                            After.REBOOT,
                            List.of(),
                            new Scripts(
                                    Optional.of(new WorkScript("b.sh", "echo \"b\"\n", 60)),
                                    Optional.of(new WorkScript("a.sh", "", 1))),
                            new TreeMap<>(Map.of("computer-name", "PC-03"))),
                    List.of(),
                    WorkOrder.Wipe.Method.ZEROS),
            new WorkOrder.Inventory(HEADING),
            new WorkOrder.Maintenance(HEADING),
            new WorkOrder.Wait(HEADING, 15),
            new WorkOrder.Script(HEADING, "check", "set -e\nuname -a # \"quoted\"\n"),
            new WorkOrder.Wipe(HEADING, List.of("nvme0n1"), WorkOrder.Wipe.Method.RANDOM),
            new WorkOrder.NoWork(new WorkOrder.Heading(1, "x", After.POWER_OFF, List.of())));

    @ParameterizedTest
    @FieldSource("ORDERS")
    void everyOrderSurvivesTheWay(WorkOrder order) throws MalformedMessage {
        assertThat(WorkCodec.decodeWorkOrder(WorkCodec.encode(order))).isEqualTo(order);
    }

    @ParameterizedTest
    @FieldSource("ORDERS")
    void aTruncatedOrderIsMalformedAndNothingElse(WorkOrder order) {
        byte[] whole = WorkCodec.encode(order);
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> WorkCodec.decodeWorkOrder(part)).isInstanceOf(MalformedMessage.class);
        }
    }

    @Test
    void aRestoreLooksLikeThisOnTheWire() {
        WorkOrder order = new WorkOrder.Restore(
                new WorkOrder.Heading(7, "pc3", After.REBOOT, List.of("why")), "room12", 2, List.of("/dev/sda"), "PC3");

        assertThat(new String(WorkCodec.encode(order), StandardCharsets.UTF_8))
                .isEqualTo("{\"work\":\"restore\",\"image\":\"room12\",\"version\":2,\"disks\":[\"/dev/sda\"],"
                        + "\"computerName\":\"PC3\",\"transaction\":7,\"device\":\"pc3\",\"after\":\"REBOOT\","
                        + "\"reasons\":[\"why\"]}");
    }

    @Test
    void anEngineThatKnowsNoAddOnsDoesNotTakeARestoreWithThemForOneWithout() throws MalformedMessage {
        WorkOrder order = new WorkOrder.Restore(
                HEADING,
                "room12",
                3,
                List.of(),
                "",
                new TreeMap<>(),
                List.of(new WorkOrder.Restore.AddOn("drivers", 7)),
                false);
        String json = new String(WorkCodec.encode(order), StandardCharsets.UTF_8);
        assertThat(json).startsWith("{\"work\":\"restore-with-add-ons\"").contains("\"addOns\":[\"drivers@7\"]");
        assertThatThrownBy(() -> WorkCodec.decodeWorkOrder(utf8(json.replace("drivers@7", "drivers"))))
                .isInstanceOf(MalformedMessage.class)
                .hasMessageContaining("'drivers', which is no NAME@VERSION");
    }

    @Test
    void helloCarriesAllFactsAndForgetsKeysOfANewerEngine() throws MalformedMessage {
        Facts facts = Facts.NONE
                .with(FactName.MAC, "52:54:00:12:34:56", "52:54:00:12:34:57")
                .with(FactName.DISK, "sda 1000 S1 Some model");
        Hello hello = new Hello("firstlight-engine 0.1.0", facts, true);

        assertThat(WorkCodec.decodeHello(WorkCodec.encode(hello))).isEqualTo(hello);
        assertThat(WorkCodec.decodeHello(utf8("{\"engine\":\"9\",\"facts\":{\"moon-phase\":[\"full\"]},\"new\":1}")))
                .isEqualTo(new Hello("9", Facts.NONE));
    }

    @Test
    void ofAStrangersEndlessFactsAHelloKeepsWhatAPcHas() throws MalformedMessage {
        String endless = "x".repeat(500_000);
        Facts long1 = WorkCodec.decodeHello(utf8("{\"engine\":\"" + endless + "\",\"facts\":{\"serial\":[\"" + endless
                        + "\"],\"mac\":[\"52:54:00:12:34:56\"]}}"))
                .facts();
        assertThat(long1.first(FactName.SERIAL).orElseThrow()).hasSize(256);
        assertThat(long1.first(FactName.MAC)).contains("52:54:00:12:34:56");

        String many = "\"52:54:00:12:34:56\",".repeat(30_000) + "\"52:54:00:12:34:57\"";
        Facts all = WorkCodec.decodeHello(
                        utf8("{\"engine\":\"9\",\"facts\":{\"mac\":[" + many + "],\"disk\":[" + many + "]}}"))
                .facts();
        assertThat(all.values().values().stream()
                        .flatMap(List::stream)
                        .mapToInt(String::length)
                        .sum())
                .isLessThan(20_000);
        assertThat(all.first(FactName.MAC)).contains("52:54:00:12:34:56");
    }

    @Test
    void progressResultsAnswersAndProblemsSurviveTheWay() throws MalformedMessage {
        Progress progress = new Progress("reading", 1L << 40, 1L << 41, 123_456_789, "sda2 ext4");
        Result done = new Result.Done(
                "1.2 GB in 4 s", List.of(new StageTime("read", 1L << 40, 7), new StageTime("send", 0, 0)));
        Result failed = new Result.Failed("writing /dev/sda", "I/O error at 4096", "replace the disk");
        Facts facts = Facts.NONE.with(FactName.SERIAL, "B5RJ12");
        ManualWork asked = ManualWork.of(ManualWork.Kind.RESTORE, "room12", 4, List.of("sda"), "")
                .by("anna", "ä\"x")
                .with(facts);
        ManualWork saving = asked.with(WorkOrder.Capture.IfUnreadable.ZERO);
        assertThat(WorkCodec.decodeManualWork(WorkCodec.encode(asked))).isEqualTo(asked);
        assertThat(WorkCodec.decodeManualWork(WorkCodec.encode(saving))).isEqualTo(saving);
        String older = new String(WorkCodec.encode(asked), StandardCharsets.UTF_8).replace("ifUnreadable", "x");
        assertThat(WorkCodec.decodeManualWork(utf8(older))).isEqualTo(asked);
        assertThat(asked.toString()).doesNotContain("ä");
        assertThat(WorkCodec.decodeResult(utf8("{\"result\":\"done\",\"summary\":\"an older engine's\"}")))
                .isEqualTo(new Result.Done("an older engine's"));
        Published published = new Published("room12", 4);
        Problem problem = new Problem(422, "chunk", "does not verify", "send again", List.of(Bytes.ofHex("00ff")));

        assertThat(WorkCodec.decodeProgress(WorkCodec.encode(progress))).isEqualTo(progress);
        assertThat(WorkCodec.decodeResult(WorkCodec.encode(done))).isEqualTo(done);
        assertThat(WorkCodec.decodeResult(WorkCodec.encode(failed))).isEqualTo(failed);
        assertThat(WorkCodec.decodePublished(WorkCodec.encode(published))).isEqualTo(published);
        assertThat(WorkCodec.decodeProblem(WorkCodec.encode(problem))).isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {}                                                                          | 'transaction' is missing
                    []                                                                          | no JSON object but an array
                    {"transaction":"1"}                                                         | 'transaction' is no whole number
                    {"transaction":1,"device":2}                                                | 'device' is no string
                    {"transaction":1,"device":"a","after":"SLEEP"}                              | 'after' is 'SLEEP', none of [REBOOT, POWER_OFF]
                    {"transaction":1,"device":"a","after":"REBOOT","reasons":"x"}               | 'reasons' is no array
                    {"transaction":1,"device":"a","after":"REBOOT","reasons":[],"work":"dance"} | 'work' is 'dance', which this engine does not know
                    {"transaction":1,"device":"a","after":"REBOOT","reasons":[],"scriptBefore":7} | 'scriptBefore' is no object
                    {"transaction":1,"device":"a","after":"REBOOT","reasons":[],"scriptAfter":{"name":"a","text":"","seconds":0}} | 'scriptAfter': a script may take 1 to 86400 seconds, not 0
                    """)
    void aMalformedOrderNamesItsField(String json, String complaint) {
        assertThatThrownBy(() -> WorkCodec.decodeWorkOrder(utf8(json)))
                .isInstanceOf(MalformedMessage.class)
                .hasMessage(complaint);
    }

    @Test
    void progressBelowZeroIsMalformed() {
        assertThatThrownBy(() -> WorkCodec.decodeProgress(
                        utf8("{\"phase\":\"x\",\"done\":-1,\"total\":0,\"bytesPerSecond\":0,\"note\":\"\"}")))
                .isInstanceOf(MalformedMessage.class);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
