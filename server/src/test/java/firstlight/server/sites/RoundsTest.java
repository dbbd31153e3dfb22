package firstlight.server.sites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Progress;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.ManifestCodec;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.VersionNotes;
import firstlight.model.Bytes;
import firstlight.server.images.ImageJob;
import firstlight.server.images.ImageJobs;
import firstlight.server.images.OtherSites;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What comes by itself, and whom a chunk comes from; servers without wires. */
class RoundsTest {
    private static final Instant NOW = Instant.parse("2026-11-27T23:00:00Z");

    @TempDir
    private Path folder;

    private final List<String> alarms = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private ImageStore here;
    private ImageStore there;
    private FakePeer main;
    private ImageJobs jobs;
    private Sites sites;
    private Rounds rounds;

    @BeforeEach
    void start() throws Exception {
        here = DiskStore.open(folder.resolve("here"));
        there = DiskStore.open(folder.resolve("there"));
        main = new FakePeer("main", there, "lab", "*@golden");
        jobs = new ImageJobs(() -> NOW);
        sites = sites(main);
        rounds = new Rounds(sites, jobs, (_, text, _) -> alarms.add(text), () -> NOW, ZoneOffset.UTC);
    }

    private Sites sites(Peer... peers) {
        return new Sites(
                here,
                jobs,
                List.of(peers),
                new Unfinished(folder.resolve("pulls")),
                () -> NOW,
                time -> pauses.add(Duration.ofNanos(time)));
    }

    @AfterEach
    void stop() throws Exception {
        rounds.close();
        jobs.close();
        here.close();
        there.close();
    }

    private ImageJob.Outcome round() throws Exception {
        List<RemoteVersion> wanted = rounds.wanted(main);
        rounds.keepTags(main, wanted);
        return rounds.round(main, rounds.missing(main, wanted), () -> true, Progress.SILENT);
    }

    @Test
    @Timeout(300)
    void aServerThatDoesNotAnswerKeepsOneOfARoomsPcsWaitingAndNotAll() throws Exception {
        FakePeer.publish(there, "office", 1);
        main.answers = new CountDownLatch(1);
        try (ExecutorService pcs =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
            Future<OtherSites.Supply> first = pcs.submit(() -> supply("office"));
            assertThat(main.isAsked.await(30, TimeUnit.SECONDS)).isTrue();
            try {
                assertThat(pcs.submit(() -> supply("office")).get(30, TimeUnit.SECONDS))
                        .isEqualTo(new OtherSites.Supply.Asking());
            } finally {
                main.answers.countDown();
            }
            assertThat(first.get(30, TimeUnit.SECONDS))
                    .isEqualTo(new OtherSites.Supply.Coming(
                            "office@1 comes from main", 0, 0, OtherSites.Supply.Failed.NEVER));
        }
        while (jobs.list().stream().anyMatch(job -> job.state() == ImageJob.State.RUNNING)) {
            Thread.onSpinWait();
        }
        assertThat(supply("office")).isInstanceOf(OtherSites.Supply.Here.class);
        assertThat(supply("absent")).isEqualTo(new OtherSites.Supply.Unavailable("nor at main", false));
    }

    @Test
    @Timeout(300)
    void howOftenAPullBrokeOffIsToldToWhoeverAsksNext() throws Exception {
        FakePeer.publish(there, "office", 1);
        for (int failed = 1; failed <= 3; failed++) {
            main.breaks = 1000;
            assertThat(supply("office"))
                    .isInstanceOfSatisfying(
                            OtherSites.Supply.Coming.class,
                            coming -> assertThat(coming.failed().times())
                                    .isEqualTo(jobs.list().size() - 1));
            ended();
            int times = failed;
            assertThat(supply("office"))
                    .isInstanceOfSatisfying(
                            OtherSites.Supply.Unavailable.class,
                            unavailable -> assertThat(unavailable.failed()).isEqualTo(times));
        }
        main.breaks = 0;
        assertThat(supply("office"))
                .isInstanceOfSatisfying(
                        OtherSites.Supply.Coming.class,
                        coming -> assertThat(coming.failed().why()).contains("office@1 comes from main, but"));
        ended();
        assertThat(supply("office")).isInstanceOf(OtherSites.Supply.Here.class);
    }

    private void ended() {
        while (jobs.list().stream().anyMatch(job -> job.state() == ImageJob.State.RUNNING)) {
            Thread.onSpinWait();
        }
    }

    private OtherSites.Supply supply(String image) {
        try {
            return sites.supply(new ImageName(image), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> names() throws Exception {
        return here.list().stream().map(ImageVersion::name).toList();
    }

    @Test
    void whatIsWantedComesAndWhatWasRemovedHereStaysAway() throws Exception {
        FakePeer.publish(there, "lab", 1);
        FakePeer.publish(there, "lab", 2);
        FakePeer.publish(there, "office", 3);
        assertThat(round().text()).isEqualTo("1 of 1 versions came from main");
        assertThat(names()).containsExactly("lab@2");
        here.remove(here.find(new ImageName("lab"), 2).orElseThrow(), new VersionNotes.Entry(NOW, "ann", "not wanted"));
        assertThat(round().text()).isEqualTo("0 of 0 versions came from main");
        assertThat(names()).isEmpty();
    }

    @Test
    void aTagThatIsWantedFollowsWhenItMovesThere() throws Exception {
        ImageVersion first = FakePeer.publish(there, "office", 1);
        there.change(first, notes -> notes.withTags(Set.of("golden")));
        round();
        ImageVersion second = FakePeer.publish(there, "office", 2);
        round();
        there.change(second, notes -> notes.withTags(Set.of("golden")));
        round();
        assertThat(here.find(new ImageName("office"), 2).orElseThrow().notes().tags())
                .containsExactly("golden");
        assertThat(here.find(new ImageName("office"), 1).orElseThrow().notes().tags())
                .isEmpty();
        there.change(first, notes -> notes.withTags(Set.of("golden")));
        round();
        assertThat(here.find(new ImageName("office"), 1).orElseThrow().notes().tags())
                .containsExactly("golden");
    }

    private void tag(ImageStore store, int number, String who, Instant at) throws IOException {
        store.change(
                store.find(new ImageName("office"), number).orElseThrow(),
                notes -> notes.withTags(Set.of("golden")).and(at, who, "noted 'x', tagged golden"));
    }

    private String golden() throws IOException {
        return here.list().stream()
                .filter(version -> version.notes().tags().contains("golden"))
                .map(ImageVersion::name)
                .collect(Collectors.joining());
    }

    /** Two servers that name each other swapped it each 15 minutes. */
    @Test
    void aTagThatAPersonMovedHereStaysUntilItMovesThere() throws Exception {
        FakePeer.publish(there, "office", 1);
        tag(there, 1, "bob", NOW);
        round();
        FakePeer.publish(there, "office", 2);
        tag(there, 2, "bob", NOW);
        round();
        FakePeer.publish(there, "office", 3);
        assertThat(golden()).isEqualTo("office@2");
        tag(here, 1, "ann", NOW.plusSeconds(60));
        round();
        assertThat(golden()).isEqualTo("office@1");

        rounds = new Rounds(sites, jobs, (_, text, _) -> alarms.add(text), () -> NOW, ZoneOffset.UTC);
        round();
        assertThat(golden()).as("after a start too").isEqualTo("office@1");
        tag(there, 3, "bob", NOW.minusSeconds(60));
        round();
        assertThat(golden()).as("whatever the other's clock says").isEqualTo("office@3");

        tag(there, 2, "bob", NOW.plusSeconds(120));
        rounds = new Rounds(sites, jobs, (_, text, _) -> alarms.add(text), () -> NOW, ZoneOffset.UTC);
        round();
        assertThat(golden()).as("it moved while this server was off").isEqualTo("office@2");
    }

    /** From another server, or on demand: it brings no tag along. */
    @Test
    void aTagFollowsToAVersionThatCameAnotherWay() throws Exception {
        FakePeer.publish(there, "office", 1);
        tag(there, 1, "bob", NOW);
        round();
        FakePeer.publish(there, "office", 2);
        tag(there, 2, "bob", NOW.plusSeconds(60));
        assertThat(rounds.keepTags(main, rounds.wanted(main))).isEmpty();
        FakePeer.publish(here, "office", 2);
        round();
        assertThat(golden()).isEqualTo("office@2");
    }

    @Test
    void aVersionThatDiffersIsAnAlarmAndDoesNotHoldUpTheOthers() throws Exception {
        FakePeer.publish(here, "lab", 7);
        FakePeer.publish(there, "lab", 1);
        there.change(FakePeer.publish(there, "office", 2), notes -> notes.withTags(Set.of("golden")));
        round();
        assertThat(names()).containsExactly("lab@1", "office@1");
        assertThat(alarms).singleElement().asString().contains("lab@1 of main is not pulled", "--as");
    }

    @Test
    void ofAVersionThatIsDamagedHereTheAlarmNamesWhatMendsIt() throws Exception {
        FakePeer.publish(here, "lab", 7);
        FakePeer.publish(there, "lab", 7);
        here.close();
        Files.writeString(folder.resolve("here/manifests/lab/1.manifest"), "rot");
        Files.writeString(folder.resolve("here/manifests/lab/1.notes"), "rot");
        here = DiskStore.open(folder.resolve("here"));
        sites = sites(main);
        rounds = new Rounds(sites, jobs, (_, text, _) -> alarms.add(text), () -> NOW, ZoneOffset.UTC);
        assertThat(rounds.missing(main, rounds.wanted(main))).isEmpty();
        assertThat(alarms)
                .singleElement()
                .asString()
                .contains("lab@1 is here and damaged; firstlight image verify lab@1")
                .doesNotContain("--as");
        assertThat(PeerState.all(sites).getFirst().versions())
                .extracting(version -> version.here().name())
                .containsExactly("DAMAGED");
    }

    @Test
    void atTheEndOfTheHoursARoundStopsAndTheNextGoesOn() throws Exception {
        FakePeer.publish(there, "lab", 1, 2, 3);
        List<RemoteVersion> missing = rounds.missing(main, rounds.wanted(main));
        ImageJob.Outcome over = rounds.round(main, missing, () -> false, Progress.SILENT);
        assertThat(over.details()).singleElement().asString().contains("the hours are over");
        assertThat(names()).isEmpty();
        assertThat(sites.unfinished().list()).hasSize(1);
        assertThat(round().sound()).isTrue();
        assertThat(sites.unfinished().list()).isEmpty();
    }

    @Test
    void aManifestOfANewerFormatIsNoUnfinishedPullAndStopsNoCollection() throws Exception {
        FakePeer.publish(there, "lab", 1);
        FakePeer newer = new FakePeer("main", there) {
            @Override
            public List<RemoteVersion> versions() throws IOException {
                Bytes digest = ManifestCodec.digest(manifest());
                return super.versions().stream()
                        .map(each -> new RemoteVersion(
                                each.image(),
                                each.number(),
                                digest,
                                each.usedBytes(),
                                each.note(),
                                each.tags(),
                                each.kept(),
                                each.expires()))
                        .toList();
            }

            private byte[] manifest() throws IOException {
                return ofVersion(9, store.encoded(store.list().getFirst()));
            }

            @Override
            public byte[] manifest(RemoteVersion version) throws IOException {
                return manifest();
            }
        };
        Sites asking = sites(newer);
        assertThatThrownBy(() -> asking.pull("lab", "1", Optional.empty(), Optional.empty(), "ann", Progress.SILENT))
                .hasMessageContaining("version 9");
        assertThat(asking.unfinished().list()).isEmpty();

        // As an older Firstlight left them behind.
        Unfinished.Pull left = new Unfinished.Pull("main", new ImageName("lab"), 1, new ImageName("lab"));
        asking.unfinished()
                .begin(
                        left,
                        newer.manifest(asking.versions(newer, Duration.ZERO).getFirst()));
        here.sink().put(List.of(FakePeer.frame(5)));
        assertThat(here.collect(false, keep -> asking.unfinished(true, keep), Progress.SILENT)
                        .chunks())
                .isOne();
    }

    private static byte[] ofVersion(int version, byte[] manifest) {
        byte[] other = manifest.clone();
        ByteBuffer.wrap(other).putInt(8, version);
        ByteBuffer.wrap(other).put(other.length - 32, sha256(other, other.length - 32));
        return other;
    }

    private static byte[] sha256(byte[] octets, int length) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(octets, 0, length);
            return sha256.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void whatNobodyWentOnWithForTwoWeeksIsNotKeptFromACollection() throws Exception {
        FakePeer.publish(there, "lab", 1);
        AtomicReference<Instant> time = new AtomicReference<>(Instant.now());
        Sites asking =
                new Sites(here, jobs, List.of(main), new Unfinished(folder.resolve("asking")), time::get, _ -> {});
        main.breaks = 1000;
        pullFails(asking);
        assertThat(asking.unfinished().list()).hasSize(1);
        time.set(time.get().plus(Duration.ofDays(13)));
        assertThat(kept(asking)).containsExactly(FakePeer.frame(1).id());
        pullFails(asking); // it is tried again each night
        time.set(time.get().plus(Duration.ofDays(13)));
        assertThat(kept(asking)).hasSize(1);
        time.set(time.get().plus(Duration.ofDays(2)));
        asking.unfinished(false, _ -> {});
        assertThat(asking.unfinished().list()).as("by a clock that jumped").hasSize(1);
        assertThat(kept(asking)).isEmpty();
        assertThat(asking.unfinished().list()).isEmpty();
    }

    private static List<ChunkId> kept(Sites sites) throws IOException {
        List<ChunkId> kept = new ArrayList<>();
        sites.unfinished(true, kept::add);
        return kept;
    }

    @Test
    void aPullThatIsHalfHereKeepsItsOwnChunksFromACollectionAndNoOthers() throws Exception {
        FakePeer.publish(there, "lab", 1, 2);
        here.sink().put(List.of(FakePeer.frame(1)));
        ImageVersion old = FakePeer.publish(here, "old", 5);
        main.breaks = 1000;
        pullFails(sites);
        here.collect(false, keep -> sites.unfinished(true, keep), Progress.SILENT);
        here.remove(old, new VersionNotes.Entry(NOW, "ann", "to make room"));
        assertThat(here.collect(false, keep -> sites.unfinished(true, keep), Progress.SILENT)
                        .chunks())
                .isOne();
        assertThat(here
                        .sink()
                        .missing(List.of(
                                FakePeer.frame(1).id(), FakePeer.frame(5).id()))
                        .stream())
                .containsExactly(1);
    }

    @Test
    void aPullIsNoneAnyMoreOnceItsVersionCameFromAnotherServer() throws Exception {
        FakePeer.publish(there, "lab", 1, 2);
        Sites both = sites(main, new FakePeer("other", there));
        main.breaks = 1000;
        pullFails(sites);
        byte[] manifest = sites.unfinished()
                .manifest(sites.unfinished().list().getFirst())
                .orElseThrow();
        assertThat(both.pull("lab", "1", Optional.of("other"), Optional.empty(), "ann", Progress.SILENT)
                        .sound())
                .isTrue();
        assertThat(both.unfinished().list())
                .singleElement()
                .satisfies(left -> assertThat(left.peer()).isEqualTo("main"));
        assertThat(kept(both)).isEmpty();
        assertThat(both.unfinished().list()).isEmpty();

        Unfinished.Pull killed = new Unfinished.Pull("main", new ImageName("lab"), 1, new ImageName("lab"));
        sites.unfinished().begin(killed, manifest); // as when the server is killed between the version and that
        sites.pull("lab", "1", Optional.empty(), Optional.empty(), "ann", Progress.SILENT);
        assertThat(sites.unfinished().list()).isEmpty();

        sites.unfinished().begin(killed, manifest);
        rounds.goOn();
        assertThat(sites.unfinished().list()).isEmpty();
        assertThat(jobs.list()).isEmpty();
    }

    /** After a power cut at both ends. */
    @Test
    @Timeout(300)
    void aPullThatWasCutOffGoesOnWhenTheOtherServerIsThereAgain() throws Exception {
        FakePeer.publish(there, "lab", 1, 2);
        AtomicBoolean off = new AtomicBoolean(true);
        FakePeer late = new FakePeer("main", there) {
            @Override
            public List<RemoteVersion> versions() throws IOException {
                if (off.get()) {
                    throw new PeerFailure("main does not answer", "Connection refused", "See whether it runs", true);
                }
                return super.versions();
            }
        };
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        Unfinished pulls = new Unfinished(folder.resolve("pulls"));
        Sites again = new Sites(here, jobs, List.of(late), pulls, now::get, _ -> {});
        byte[] manifest = there.encoded(there.find(new ImageName("lab"), 1).orElseThrow());
        pulls.begin(new Unfinished.Pull("main", new ImageName("lab"), 1, new ImageName("lab2")), manifest);
        try (Rounds started = new Rounds(again, jobs, (_, text, _) -> alarms.add(text), now::get, ZoneOffset.UTC)) {
            started.goOn();
            assertThat(lastJob().cure()).isEqualTo("it is tried again in 15 minutes");
            now.set(NOW.plusSeconds(60));
            started.goOnAgain();
            now.set(NOW.plusSeconds(901));
            started.goOnAgain();
            assertThat(jobs.list())
                    .as("while it is silent no job fails each time")
                    .hasSize(1);
            off.set(false);
            now.set(NOW.plusSeconds(1802));
            started.goOnAgain();
            assertThat(lastJob().state()).isEqualTo(ImageJob.State.DONE);
        }
        assertThat(names()).containsExactly("lab2@1");
        assertThat(pulls.list()).isEmpty();
    }

    /** Else nobody would hear of it for two weeks. */
    @Test
    @Timeout(300)
    void aWaitingPullThatIsRefusedForGoodTellsItByItsJob() throws Exception {
        FakePeer.publish(there, "lab", 1);
        AtomicBoolean passes = new AtomicBoolean(true);
        FakePeer refusing = new FakePeer("main", there) {
            @Override
            public List<RemoteVersion> versions() throws IOException {
                throw new PeerFailure("main does not let us in", "403", "See its token", passes.get());
            }
        };
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        Unfinished pulls = new Unfinished(folder.resolve("pulls"));
        Sites again = new Sites(here, jobs, List.of(refusing), pulls, now::get, _ -> {});
        byte[] manifest = there.encoded(there.find(new ImageName("lab"), 1).orElseThrow());
        pulls.begin(new Unfinished.Pull("main", new ImageName("lab"), 1, new ImageName("lab2")), manifest);
        try (Rounds started = new Rounds(again, jobs, (_, text, _) -> alarms.add(text), now::get, ZoneOffset.UTC)) {
            started.goOn();
            assertThat(lastJob().cure()).isEqualTo("it is tried again in 15 minutes");
            passes.set(false);
            now.set(NOW.plusSeconds(901));
            started.goOnAgain();
            assertThat(jobs.list()).hasSize(2);
            assertThat(lastJob().text()).contains("main does not let us in");
            now.set(NOW.plusSeconds(1802));
            started.goOnAgain();
            assertThat(jobs.list()).as("once").hasSize(2);
        }
    }

    private ImageJob lastJob() {
        while (jobs.list().getFirst().state() == ImageJob.State.RUNNING) {
            Thread.onSpinWait();
            assertThat(Thread.currentThread().isInterrupted())
                    .as("it takes too long")
                    .isFalse();
        }
        return jobs.list().getFirst();
    }

    @Test
    void aServerThatIsOffKeepsNobodyElsesImagesAwayWhenAllArePulled() throws Exception {
        FakePeer.publish(there, "lab", 1);
        FakePeer.publish(there, "office", 2);
        FakePeer off = new FakePeer("off", there) {
            @Override
            public List<RemoteVersion> versions() throws IOException {
                throw new PeerFailure("off does not answer", "Connection refused", "See whether it runs", true);
            }
        };
        ImageJob.Outcome outcome = sites(off, main).pullAll(Optional.empty(), "ann", Progress.SILENT);
        assertThat(names()).containsExactly("lab@1", "office@1");
        assertThat(outcome.sound()).isFalse();
        assertThat(outcome.cure()).isEqualTo("pull again when all servers answer; see firstlight image peers");
        assertThat(outcome.details()).contains("off does not answer: Connection refused");
        assertThatThrownBy(() -> sites(off).pullAll(Optional.empty(), "ann", Progress.SILENT))
                .hasMessageContaining("off does not answer");
    }

    @Test
    void whatWasRemovedHereIsNoFailureWhenAllArePulled() throws Exception {
        FakePeer.publish(there, "lab", 1);
        here.remove(FakePeer.publish(here, "lab", 1), new VersionNotes.Entry(NOW, "ann", "not wanted"));
        ImageJob.Outcome outcome = sites.pullAll(Optional.empty(), "ann", Progress.SILENT);
        assertThat(outcome.sound()).isTrue();
        assertThat(outcome.details()).containsExactly("lab@1 was removed here, and stays away");
        assertThat(names()).isEmpty();
    }

    private static void pullFails(Sites sites) {
        assertThatThrownBy(() -> sites.pull("lab", "1", Optional.empty(), Optional.empty(), "ann", Progress.SILENT))
                .hasMessageContaining("lab@1 cannot be pulled");
    }

    @Test
    void whatOneServerCannotGiveComesFromAnother() throws Exception {
        FakePeer.publish(there, "lab", 1, 2);
        try (ImageStore third = DiskStore.open(folder.resolve("third"))) {
            third.sink().put(List.of(FakePeer.frame(2), FakePeer.frame(1)));
            main.damages = true;
            FakePeer other = new FakePeer("other", third);
            other.breaks = 2;
            ChunkFetch fetch =
                    new ChunkFetch(here.sink(), List.of(main, other), time -> pauses.add(Duration.ofNanos(time)));
            ChunkId absent = FakePeer.frame(9).id();
            ChunkFetch.Brought brought = fetch.bring(
                    List.of(FakePeer.frame(1).id(), FakePeer.frame(2).id(), absent));
            assertThat(brought.from().values()).containsOnly("other").hasSize(2);
            assertThat(brought.failed().get(absent)).isEqualTo("main does not have it; other does not have it");
            assertThat(main.asked).isEqualTo(3);
            assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
        }
    }

    @Test
    void whoDoesNotAnswerIsNotAskedByEachThatMissesAChunk() throws Exception {
        FakePeer.publish(there, "lab", 1, 2);
        AtomicReference<Instant> time = new AtomicReference<>(NOW);
        Sites asking =
                new Sites(here, jobs, List.of(main), new Unfinished(folder.resolve("asking")), time::get, _ -> {});
        List<ChunkId> lost = List.of(FakePeer.frame(1).id());
        main.breaks = 1000;
        assertThat(asking.heal(lost).failed()).hasSize(1);
        int asked = main.asked;
        assertThat(asking.heal(lost).failed()).hasSize(1);
        assertThat(main.asked).isEqualTo(asked + 1);

        time.set(NOW.plusSeconds(61));
        SilentPeers silent = new SilentPeers(Duration.ofMinutes(1), time::get);
        FakePeer late = new FakePeer("main", there) {
            @Override
            public List<ChunkFrame> chunks(List<ChunkId> ids) throws IOException {
                silent.silent(this); // another has tried to the end while this one waited for its connection
                return super.chunks(ids);
            }
        };
        late.breaks = 1000;
        assertThat(new ChunkFetch(here.sink(), List.of(late), _ -> {}, silent)
                        .bring(lost)
                        .failed())
                .hasSize(1);
        assertThat(late.asked).isEqualTo(1);

        FakePeer restarted = new FakePeer("main", there);
        restarted.breaks = 1; // and is back before anybody has tried to the end
        SilentPeers none = new SilentPeers(Duration.ofMinutes(1), time::get);
        AtomicReference<Boolean> isSilent = new AtomicReference<>(true);
        ChunkFetch first =
                new ChunkFetch(here.sink(), List.of(restarted), _ -> isSilent.set(none.isSilent(restarted)), none);
        assertThat(first.bring(lost).from()).hasSize(1);
        assertThat(isSilent.get()).isFalse();

        main.breaks = 0;
        assertThat(asking.heal(lost).from()).containsExactly(Map.entry(lost.getFirst(), "main"));
    }

    @Test
    void whoSendsWhatNobodyAskedForIsNotListenedTo() throws Exception {
        FakePeer.publish(there, "lab", 1);
        main.babbles = true;
        assertThatThrownBy(
                        () -> sites.pull("lab", "latest", Optional.empty(), Optional.empty(), "ann", Progress.SILENT))
                .hasMessageContaining("lab@1 cannot be pulled")
                .hasMessageContaining("sends what was not asked for");
        assertThat(here.sink().missing(List.of(FakePeer.frame(4711).id())).get(0))
                .isTrue();
    }
}
