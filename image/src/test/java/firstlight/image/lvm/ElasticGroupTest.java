package firstlight.image.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.disk.Source;
import firstlight.image.lvm.Rearranged.Move;
import firstlight.testkit.Seeded;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ElasticGroupTest {
    private static final long MIB = 1L << 20;
    private static final long EXTENT = 4 * MIB;

    private record Empty(long size) implements Source {
        @Override
        public void read(long offset, ByteBuffer into) {
            throw new AssertionError("nothing of it is needed");
        }
    }

    private static String text(int extents, String volumes) {
        return """
                vg0 {
                id = "x"
                seqno = 7
                format = "lvm2"
                status = ["RESIZEABLE", "READ", "WRITE"]
                flags = []
                extent_size = 8192
                physical_volumes {
                    pv0 { id = "aa-bb" device = "/dev/sd\\"a\\\\" status = ["ALLOCATABLE"] flags = []
                          dev_size = 1 pe_start = 2048 pe_count = %d }
                }
                logical_volumes {
                %s
                }
                }
                contents = "Text Format Volume Group"
                version = 1
                """.formatted(extents, volumes);
    }

    private static ElasticGroup group(int extents, long size, List<long[]> copies, String volumes) {
        return ElasticGroup.of(List.of(
                new PhysicalVolume(new Empty(size), "aabb", copies, copies, Optional.of(text(extents, volumes)))));
    }

    private static Rearranged rearranged(
            ElasticGroup group, long length, Map<String, Long> kept, ElasticGroup.More... more) {
        return group.rearranged(Map.of("aabb", length), kept, List.of(more), Map.of())
                .get("aabb");
    }

    private static ElasticGroup.More more(String volume, long extents) {
        return new ElasticGroup.More(volume, "aabb", extents);
    }

    private static String volume(String name, String... segments) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < segments.length; i++) {
            all.append("segment%d { %s }%n".formatted(i + 1, segments[i]));
        }
        return "%s { id = \"y\" status = [\"READ\", \"WRITE\", \"VISIBLE\"] flags = [] segment_count = %d%n%s }%n"
                .formatted(name, segments.length, all);
    }

    private static String linear(long first, long count, long at) {
        return "start_extent = %d extent_count = %d type = \"striped\" stripe_count = 1 stripes = [\"pv0\", %d]"
                .formatted(first, count, at);
    }

    private static final List<long[]> ONE_COPY = List.of(new long[] {4096, MIB});

    @Test
    void theTextReadsTheSameWhenItWasWritten() {
        ConfigText.Section read = ConfigText.parse(text(100, volume("root", linear(0, 10, 0))));
        assertThat(ConfigText.parse(ConfigText.write(read))).isEqualTo(read);
    }

    @Test
    void aVolumeAtTheEndGrowsInItsSegmentAndAnotherGetsASecondOne() {
        ElasticGroup group = group(
                100, MIB + 100 * EXTENT, ONE_COPY, volume("root", linear(0, 10, 0)) + volume("last", linear(0, 5, 10)));
        long larger = MIB + 120 * EXTENT + 12345;
        Rearranged last = rearranged(group, larger, Map.of(), more("vg0/last", 20));
        assertThat(last.group().volumes().get(1).areas())
                .containsExactly(new long[] {MIB + 10 * EXTENT, MIB + 35 * EXTENT});
        Rearranged root = rearranged(group, larger, Map.of(), more("vg0/root", 20));
        assertThat(root.group().volumes().getFirst().areas())
                .containsExactly(
                        new long[] {MIB, MIB + 10 * EXTENT}, new long[] {MIB + 15 * EXTENT, MIB + 35 * EXTENT});
        assertThat(root.text())
                .contains("seqno = 8", "segment_count = 2", "pe_count = 120", "dev_size = " + larger / 512);
        assertThatThrownBy(() -> rearranged(group, larger, Map.of(), more("vg0/root", 106)))
                .hasMessageContaining("vg0 needs 121 extents, its physical volume has 120");
    }

    private static String textOfTwo(String volumes) {
        String second = "pv1 { id = \"cc-dd\" device = \"x\" status = [\"ALLOCATABLE\"] flags = []"
                + " dev_size = 1 pe_start = 2048 pe_count = 100 }";
        return text(50, volumes).replace("physical_volumes {", "physical_volumes {\n" + second);
    }

    /** Not in the text's order: they are told apart by their ids. */
    private static ElasticGroup pair(String onFirst, String onSecond) {
        return ElasticGroup.of(List.of(
                new PhysicalVolume(new Empty(MIB + 50 * EXTENT), "aabb", ONE_COPY, ONE_COPY, Optional.of(onFirst)),
                new PhysicalVolume(new Empty(MIB + 100 * EXTENT), "ccdd", ONE_COPY, ONE_COPY, Optional.of(onSecond))));
    }

    @Test
    void eachOfTwoPhysicalVolumesKeepsWhatLiesOnItAndBothGetOneText() {
        String text =
                textOfTwo(volume("data", linear(0, 10, 5), linear(10, 20, 60).replace("pv0", "pv1")));
        Map<String, Rearranged> to = pair(text, text)
                .rearranged(
                        Map.of("aabb", MIB + 60 * EXTENT, "ccdd", MIB + 30 * EXTENT),
                        Map.of(),
                        List.of(more("vg0/data", 10)),
                        Map.of());
        assertThat(to.get("aabb").text())
                .isEqualTo(to.get("ccdd").text())
                .contains("seqno = 8", "pe_count = 60", "pe_count = 30");
        assertThat(to.get("aabb").moves()).contains(new Move(MIB + 5 * EXTENT, MIB + 5 * EXTENT, 10 * EXTENT));
        assertThat(to.get("ccdd").moves()).contains(new Move(MIB + 60 * EXTENT, MIB, 20 * EXTENT));
        LogicalVolume data = to.get("ccdd").group().volumes().getFirst();
        assertThat(data.areasOn("aabb")).containsExactly(new long[] {MIB + 5 * EXTENT, MIB + 15 * EXTENT}, new long[] {
            MIB + 15 * EXTENT, MIB + 25 * EXTENT
        });
        assertThat(data.areasOn("ccdd")).containsExactly(new long[] {MIB, MIB + 20 * EXTENT});
    }

    private static String onSecond(long first, long count, long at) {
        return linear(first, count, at).replace("pv0", "pv1");
    }

    /** @param leaving when volumes go; others as usual */
    private static Map<String, Rearranged> handedOver(
            String volumes, int first, int second, Map<String, Departure> leaving) {
        String text = textOfTwo(volumes);
        ElasticGroup group = pair(text, text);
        Map<String, Departure> all = usual(group);
        all.putAll(leaving);
        return group.rearranged(
                Map.of("aabb", MIB + first * EXTENT, "ccdd", MIB + second * EXTENT), Map.of(), List.of(), all);
    }

    private static Map<String, Rearranged> handedOver(String volumes, int first, int second) {
        return handedOver(volumes, first, second, Map.of());
    }

    private static Map<String, Departure> usual(ElasticGroup group) {
        Map<String, Departure> all = new HashMap<>();
        group.group().volumes().forEach(volume -> all.put(volume.name(), Departure.USUAL));
        return all;
    }

    private static Map<String, List<Move>> from(String id, long from, long to, long count) {
        return Map.of(id, List.of(new Move(MIB + from * EXTENT, MIB + to * EXTENT, count * EXTENT)));
    }

    @Test
    void whatHasNoRoomOnOnePhysicalVolumeGoesToTheOther() {
        Map<String, Rearranged> to = handedOver(
                volume("root", linear(0, 10, 0)) + volume("data", linear(0, 30, 10), onSecond(30, 20, 60)), 35, 100);
        assertThat(to.get("aabb").moves()).contains(new Move(MIB + 10 * EXTENT, MIB + 10 * EXTENT, 25 * EXTENT));
        assertThat(to.get("aabb").arrivals()).isEmpty();
        assertThat(to.get("ccdd").arrivals()).isEqualTo(from("aabb", 35, 80, 5)); // the last that data has there
        LogicalVolume data = to.get("aabb").group().volumes().get(1);
        assertThat(data.size()).isEqualTo(50 * EXTENT);
        assertThat(data.areas())
                .containsExactly(
                        new long[] {MIB + 10 * EXTENT, MIB + 35 * EXTENT},
                        new long[] {MIB + 80 * EXTENT, MIB + 85 * EXTENT},
                        new long[] {MIB + 60 * EXTENT, MIB + 80 * EXTENT});
        assertThat(to.get("aabb").text())
                .contains("segment_count = 3")
                .containsSubsequence("start_extent = 0", "start_extent = 25", "start_extent = 30")
                .isEqualTo(to.get("ccdd").text());
        assertThatThrownBy(() -> handedOver(volume("data", linear(0, 30, 10), onSecond(30, 20, 60)), 24, 25))
                .hasMessageContaining("needs 25 extents, its physical volume has 24");
    }

    /** None that lay on one disk depends on two then. */
    @Test
    void aVolumeThatFitsThereGoesWholeBeforeOneIsTornApart() {
        String volumes = volume("root", linear(0, 30, 0))
                + volume("swap", linear(0, 4, 30), linear(4, 1, 36))
                + volume("home", linear(0, 8, 40))
                + volume("data", onSecond(0, 20, 60));
        Map<String, Rearranged> to = handedOver(volumes, 39, 100);
        assertThat(to.get("ccdd").arrivals())
                .containsOnly(Map.entry(
                        "aabb",
                        List.of(
                                new Move(MIB + 30 * EXTENT, MIB + 80 * EXTENT, 4 * EXTENT),
                                new Move(MIB + 36 * EXTENT, MIB + 84 * EXTENT, EXTENT))));
        assertThat(to.get("ccdd").group().volumes())
                .allMatch(volume -> volume.volumes().size() == 1);
        to = handedOver(volumes, 37, 100); // more than swap has
        assertThat(to.get("ccdd").arrivals()).isEqualTo(from("aabb", 40, 80, 8));
        to = handedOver(volumes, 34, 29); // no other one can give so much at once
        assertThat(to.get("ccdd").arrivals())
                .containsOnly(Map.entry("aabb", List.of(new Move(MIB + 21 * EXTENT, MIB + 20 * EXTENT, 9 * EXTENT))));
    }

    @Test
    void swapGoesWholeBeforeOthersAndWhatThePcMayStartFromWhenNoOtherCan() {
        String volumes =
                volume("boot", linear(0, 4, 0)) + volume("root", linear(0, 30, 4)) + volume("swap", linear(0, 10, 34));
        Map<String, Departure> leaving = Map.of("vg0/boot", Departure.LAST, "vg0/swap", Departure.FIRST);
        assertThat(handedOver(volumes, 42, 100, leaving).get("ccdd").arrivals()).isEqualTo(from("aabb", 34, 0, 10));
        assertThat(handedOver(volumes, 42, 5, leaving).get("ccdd").arrivals()) // too few for swap as a whole
                .isEqualTo(from("aabb", 32, 0, 2));
        assertThat(handedOver(volumes, 4, 100, leaving).get("aabb").moves())
                .contains(new Move(MIB, MIB, 4 * EXTENT)); // all but boot went
    }

    @Test
    void noExtentGoesToAnotherPhysicalVolumeWhereNoneMay() {
        String text = textOfTwo(volume("data", linear(0, 40, 0)));
        assertThatThrownBy(() -> pair(text, text)
                        .rearranged(
                                Map.of("aabb", MIB + 35 * EXTENT, "ccdd", MIB + 100 * EXTENT),
                                Map.of(),
                                List.of(),
                                Map.of()))
                .hasMessageContaining("needs 40 extents, its physical volume has 35");
    }

    @Test
    void aSegmentThatIsCutInTwoOverwritesNoOther() {
        String data = volume("data", linear(0, 20, 0), linear(20, 20, 25))
                .replace("segment2", "segment3")
                .replace("segment1", "segment2");
        LogicalVolume now =
                handedOver(data, 35, 10).get("ccdd").group().volumes().getFirst();
        assertThat(now.areas())
                .containsExactly(
                        new long[] {MIB, MIB + 20 * EXTENT},
                        new long[] {MIB + 20 * EXTENT, MIB + 35 * EXTENT},
                        new long[] {MIB, MIB + 5 * EXTENT});
    }

    @Test
    void whatComesToAPhysicalVolumeIsToldInTheirOrder() {
        List<String> ids = List.of("aabb", "zebra", "01", "Mole", "gnu", "xx9", "bear");
        StringBuilder devices = new StringBuilder();
        StringBuilder volumes = new StringBuilder();
        Map<String, Long> lengths = new HashMap<>(Map.of("aabb", MIB + 50 * EXTENT));
        for (String id : ids.subList(1, ids.size())) {
            String device = "pv" + lengths.size();
            devices.append(("%s { id = \"%s\" device = \"x\" status = [\"ALLOCATABLE\"] flags = []"
                            + " dev_size = 1 pe_start = 2048 pe_count = 50 }%n")
                    .formatted(device, id));
            volumes.append(volume("of" + device, linear(0, 5, 0).replace("pv0", device)));
            lengths.put(id, MIB + 4 * EXTENT);
        }
        String text = text(50, volumes.toString()).replace("physical_volumes {", "physical_volumes {\n" + devices);
        ElasticGroup group = ElasticGroup.of(ids.stream()
                .map(id -> new PhysicalVolume(new Empty(MIB + 50 * EXTENT), id, ONE_COPY, ONE_COPY, Optional.of(text)))
                .toList());
        Rearranged first = Objects.requireNonNull(
                group.rearranged(lengths, Map.of(), List.of(), usual(group)).get("aabb"));
        assertThat(first.arrivals().keySet()).containsExactlyElementsOf(ids.subList(1, ids.size()));
    }

    @Test
    void aMirrorsHalfAndAStripeStayOnTheirDisk() {
        String half = volume("m_rimage_0", linear(0, 10, 0)).replace(", \"VISIBLE\"", "");
        String striped = "start_extent = 0 extent_count = 20 type = \"striped\" stripe_count = 2 stripe_size = 128"
                + " stripes = [\"pv0\", 20, \"pv1\", 20]";
        String text = textOfTwo(half + volume("two", striped) + volume("one", linear(0, 5, 40)));
        ElasticGroup group = pair(text, text);
        assertThat(group.usedExtents("aabb")).isEqualTo(25);
        assertThat(group.tiedExtents("aabb")).isEqualTo(20);
        assertThatThrownBy(() -> handedOver(half + volume("two", striped) + volume("one", linear(0, 5, 40)), 19, 100))
                .hasMessageContaining("needs 20 extents, its physical volume has 19");
    }

    @Test
    void aGroupThatIsNotThereWithAllItsPhysicalVolumesAndOneTextIsRefused() {
        String text = textOfTwo("");
        assertThatThrownBy(() -> pair(text, text.replace("seqno = 7", "seqno = 6")))
                .hasMessage("its group's metadata are not the same on all of its physical volumes");
        assertThatThrownBy(() -> ElasticGroup.of(List.of(new PhysicalVolume(
                        new Empty(MIB + 50 * EXTENT), "aabb", ONE_COPY, ONE_COPY, Optional.of(text)))))
                .hasMessage("its group vg0 lies on 2 physical volumes, of which 1 takes part");
        String other = text.replace("cc-dd", "ee-ff");
        assertThatThrownBy(() -> pair(other, other)).hasMessage("its group vg0 does not own it, or is exported");
    }

    @Test
    void theSecondMetadataAreaStaysAtTheEnd() {
        long size = MIB + 100 * EXTENT + MIB;
        List<long[]> copies = List.of(new long[] {4096, MIB}, new long[] {size - MIB, size});
        ElasticGroup group = group(100, size, copies, volume("root", linear(0, 10, 0)));
        assertThat(group.extentsIn("aabb", size)).isEqualTo(100);
        assertThat(rearranged(group, size + 8 * MIB, Map.of()).copies()).containsExactly(4096L, size + 7 * MIB);
        assertThat(group.extentsIn("aabb", group.lengthFor("aabb", 10))).isEqualTo(10);
        assertThat(rearranged(group, group.lengthFor("aabb", 10), Map.of()).moves())
                .hasSize(2);
    }

    /** Only the volumes that a pool, a raid or a snapshot is made of name extents. */
    @Test
    void aThinPoolMovesAlongAndNothingOfItIsOpened() {
        String pool = volume(
                "data",
                "start_extent = 0 extent_count = 10 type = \"thin-pool\" metadata = \"tmeta\" pool = \"tdata\"");
        String thin = volume("disk", "start_extent = 0 extent_count = 99 type = \"thin\" thin_pool = \"data\"");
        ElasticGroup group = group(
                100,
                MIB + 100 * EXTENT,
                ONE_COPY,
                volume("root", linear(0, 5, 0))
                        + volume("tdata", linear(0, 10, 80))
                        + volume("tmeta", linear(0, 1, 90))
                        + pool
                        + thin);
        assertThat(group.group().volumes())
                .filteredOn(group::isOpen)
                .singleElement()
                .matches(each -> each.name().equals("vg0/root"));
        assertThat(group.usedExtents("aabb")).isEqualTo(16);
        Rearranged to = rearranged(group, group.lengthFor("aabb", 16), Map.of());
        assertThat(to.moves()).contains(new Move(MIB + 80 * EXTENT, MIB + 5 * EXTENT, 10 * EXTENT));
        assertThat(to.text()).contains("thin_pool = \"data\"", "extent_count = 99");
    }

    @Test
    void whatCannotBePlacedAnewIsNamed() {
        assertThatThrownBy(() -> group(5, MIB + 4 * EXTENT, ONE_COPY, ""))
                .hasMessage("its metadata and its extents lie one over the other");
        assertThatThrownBy(() -> group(
                        5,
                        MIB + 5 * EXTENT,
                        ONE_COPY,
                        volume("a", "start_extent = 0 extent_count = 1 type = \"mirror\" mirrors = [\"pv0\", 0]")))
                .hasMessage("a volume of its group vg0 was being moved");
        assertThatThrownBy(() -> ElasticGroup.of(
                        List.of(new PhysicalVolume(new Empty(MIB), "aabb", List.of(), List.of(), Optional.empty()))))
                .hasMessage("it carries no metadata");
    }

    @Test
    void everyKeptExtentOfAVolumeIsFoundWhereItWasMovedTo() {
        Seeded random = Seeded.fresh();
        for (int round = 0; round < 500; round++) {
            String seed = "round " + round + " of " + random;
            int extents = random.between(20, 60);
            List<Long> free = new ArrayList<>();
            for (long at = 0; at < extents; at += 2) {
                free.add(at);
            }
            Collections.shuffle(free, new Random(random.between(0, 1 << 30)));
            StringBuilder volumes = new StringBuilder();
            int count = random.between(1, 4);
            for (int each = 0; each < count; each++) {
                List<String> segments = new ArrayList<>();
                long length = 0;
                for (int segment = random.between(1, 3); segment > 0 && free.size() > 3; segment--) {
                    boolean striped = random.between(0, 1) == 1;
                    long one = free.removeLast();
                    segments.add(
                            striped
                                    ? ("start_extent = %d extent_count = 4 type = \"striped\" stripe_count = 2"
                                                    + " stripe_size = 128 stripes = [\"pv0\", %d, \"pv0\", %d]")
                                            .formatted(length, one, free.removeLast())
                                    : linear(length, 2, one));
                    length += striped ? 4 : 2;
                }
                if (length > 0) {
                    volumes.append(volume("v" + each, segments.toArray(String[]::new)));
                }
            }
            ElasticGroup group = group(extents, MIB + extents * EXTENT, ONE_COPY, volumes.toString());
            Map<String, Long> wanted = new HashMap<>();
            long sum = 0;
            for (LogicalVolume volume : group.group().volumes()) {
                long less = group.whole(volume, random.between(1, (int) (volume.size() / EXTENT)), true);
                wanted.put(volume.name(), less);
                sum += less;
            }
            long length = MIB + random.between((int) sum, extents) * EXTENT;
            Rearranged to = rearranged(group, length, wanted);
            assertMoved(group.group(), to, seed);
            assertThat(to.group().volumes())
                    .as(seed)
                    .allMatch(volume -> volume.size() == wanted.getOrDefault(volume.name(), 0L) * EXTENT);
        }
    }

    private static void assertMoved(VolumeGroup old, Rearranged to, String seed) {
        long end = 0;
        for (Move move : to.moves()) {
            assertThat(move.to()).as(seed).isGreaterThanOrEqualTo(end);
            end = move.to() + move.length();
        }
        assertThat(end).as(seed).isLessThanOrEqualTo(to.length());
        for (int i = 0; i < old.volumes().size(); i++) {
            LogicalVolume was = old.volumes().get(i);
            LogicalVolume now = to.group().volumes().get(i);
            for (long at = 0; at < now.size(); at += 64 << 10) {
                assertThat(place(now, at)).as(seed).isEqualTo(moved(to.moves(), place(was, at)));
            }
        }
    }

    private static long place(LogicalVolume volume, long at) {
        long[] place = {-1};
        volume.pieces(at, at + 1, (id, offset, length) -> place[0] = offset);
        return place[0];
    }

    private static long moved(List<Move> moves, long offset) {
        return moves.stream()
                .filter(move -> move.from() <= offset && offset < move.from() + move.length())
                .findFirst()
                .map(move -> offset - move.from() + move.to())
                .orElse(-2L);
    }
}
