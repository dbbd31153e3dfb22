package firstlight.engine.img;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.engine.BlockDevices.Device;
import firstlight.engine.Console;
import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.DiskOver;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person at the prompt, with disks that are files and no server. */
class ImgTest {
    private static final int SIZE = 4 << 20;

    @TempDir
    Path root;

    /** Where sda cannot be read; negative: it can. */
    private long bad = -1;

    /** What happens in the middle of the work. */
    @FunctionalInterface
    private interface Step {
        void take() throws IOException;
    }

    private Step beforeRead = () -> {};

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    @BeforeEach
    void aPcWithTwoDisks() throws IOException {
        for (String disk : new String[] {"sda", "sdb"}) {
            Path folder = Files.createDirectories(root.resolve("sys/block").resolve(disk));
            Files.writeString(folder.resolve("size"), SIZE / 512 + "\n");
            Path dev = Files.createDirectories(root.resolve("dev"));
            Files.write(dev.resolve(disk), new byte[SIZE]);
        }
        byte[] content = new byte[SIZE];
        Arrays.fill(content, 1 << 20, 3 << 20, (byte) 7);
        Files.write(root.resolve("dev/sda"), content);
        Path dmi = Files.createDirectories(root.resolve("sys/class/dmi/id"));
        Files.writeString(dmi.resolve("product_serial"), "it's B5RJ12\n");
    }

    @Test
    void makesAnImageInAFolderAndLaysItDownOnAnotherDisk() throws IOException {
        assertThat(img("", "make", images(), "room12")).isZero();
        assertThat(said()).contains("made room12@1");
        assertThat(img("yes\n", "restore", images(), "room12", "--disk", "sdb")).isZero();

        assertThat(said()).contains("all that is there will be lost").contains("restored room12@1: 4 MiB verified");
        assertThat(Files.mismatch(root.resolve("dev/sda"), root.resolve("dev/sdb")))
                .isEqualTo(-1);
    }

    @Test
    void ofADiskThatFailsMakesNoImageUnlessZerosAreAskedFor() {
        bad = 2 << 20;
        assertThat(img("", "make", images(), "room12")).isEqualTo(1);
        assertThat(said())
                .contains("has unreadable sectors")
                .contains("img make")
                .doesNotContain("made room12@1");

        assertThat(img("", "make", images(), "room12", "--if-unreadable", "zero"))
                .isZero();
        assertThat(said()).contains("zeros are in their place in this image").contains("made room12@1");
        assertThat(img("", "make", images(), "room12", "--if-unreadable", "guess"))
                .isEqualTo(2);
    }

    @Test
    void aDiskThatFailsIsToldByItsModelAndSerialNumber() throws IOException {
        Files.writeString(root.resolve("sys/block/sda/serial"), "S6Z1\n");
        bad = 2 << 20;
        assertThat(img("", "make", images(), "room12")).isEqualTo(1);
        assertThat(said()).contains("/dev/sda (4 MiB, serial number S6Z1)").contains("what to do: ");
    }

    /** Its file system has words of its own for that, which name a folder that nobody knows. */
    @Test
    void aStickThatIsPulledOutInTheMiddleOfItIsNamed() throws IOException {
        Files.createDirectories(root.resolve("sys/block/sdb/sdb1"));
        Files.writeString(root.resolve("sys/block/sdb/serial"), "STICK7\n");
        Path mounts = Files.createDirectories(root.resolve("proc/self")).resolve("mounts");
        Files.writeString(mounts, "/dev/sdb1 " + root.toRealPath() + " vfat rw 0 0\n");
        beforeRead = () ->
                Tool.run(List.of("rm", "-rf", root.resolve("sys/block/sdb").toString(), images() + "/packs"));
        assertThat(img("", "make", images(), "room12")).isEqualTo(1);
        assertThat(said())
                .contains("The disk /dev/sdb went in the middle of the work")
                .contains("serial number STICK7): the PC does not see this disk any more");
    }

    @Test
    void whatAnImageIsOfAndWhatRoomThereIsIsToldBefore() {
        img("", "make", images(), "room12");
        assertThat(said()).containsPattern("4 MiB in use, \\d+ MiB free in that place\n");
    }

    /** Of which one sector cannot be read. */
    private record Failing(Disk disk, long bad, Step beforeRead) implements DiskOver {
        /** As the kernel names it. */
        @Override
        public String name() {
            return "/dev/" + Path.of(disk.name()).getFileName();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            beforeRead.take();
            if (offset <= bad && offset + into.remaining() > bad) {
                throw new DiskFailure(name(), name() + " cannot be read", "medium error", "Replace it");
            }
            disk.read(offset, into);
        }
    }

    @Test
    void restoresNothingUnlessYesIsTyped() throws IOException {
        img("", "make", images(), "room12");

        assertThat(img("y\n", "restore", images(), "room12", "--disk", "sdb")).isEqualTo(1);
        assertThat(said()).contains("Nothing was done");
        assertThat(Files.readAllBytes(root.resolve("dev/sdb"))).containsOnly(0);
    }

    @Test
    void listsImagesAndShowsWhatOneHolds() {
        img("", "make", images(), "room12");
        img("", "make", images(), "room12");

        assertThat(img("", "list", images())).isZero();
        assertThat(said()).contains("room12@1").contains("room12@2");
        assertThat(img("", "dump", images(), "room12@2")).isZero();
        assertThat(said()).contains("disk of 4 MiB, sectors of 512 octets").contains("4096 KiB kept, all of it");
    }

    @Test
    void namesWhatIsThereWhenAnImageADiskOrAPlaceIsNot() {
        img("", "make", images(), "room12");

        assertThat(img("", "restore", images(), "room13", "--yes")).isEqualTo(1);
        assertThat(said()).contains("There is no image 'room13'").contains("this place has room12");
        assertThat(img("", "make", images(), "room12", "--disk", "sdz")).isEqualTo(1);
        assertThat(said()).contains("This PC has no disk 'sdz'").contains("/dev/sda (4 MiB)");
        assertThat(img("", "list", root.resolve("nowhere").toString())).isEqualTo(1);
        assertThat(said()).contains("There are no images in");
        assertThat(img("", "list", "nowhere")).isEqualTo(1);
        assertThat(said()).contains("'nowhere' is no place");
    }

    /** What a person mistyped is no mistake of ours: it needs a line, and no trace. */
    @Test
    void whatIsMistypedIsToldInALine() {
        for (String[] arguments : List.of(
                new String[] {"restore", "192.168.1.10", "room12", "--yes"},
                new String[] {"restore", images(), "room 12", "--yes"},
                new String[] {"restore", images(), "room12@new", "--yes"},
                new String[] {"restore", "http://10.0.0.1:80x", "room12", "--yes"},
                new String[] {"restore", "http://10.0.0.1^", "room12", "--yes"},
                new String[] {"make", images(), "room/12"},
                new String[] {"dump", images()},
                new String[] {"auto", "10.0.0.1"},
                new String[] {"auto", images()},
                new String[] {"session", "10.0.0.1", "3", "--yes"})) {
            assertThat(img("", arguments)).as(String.join(" ", arguments)).isEqualTo(1);
            assertThat(said()).as(String.join(" ", arguments)).isNotBlank().doesNotContain("Exception");
            assertThat(said().lines().count()).as(said()).isLessThan(5);
        }
    }

    @Test
    void aVersionIsNotForWhoMakesANewOne() {
        assertThat(img("", "make", images(), "room12@3")).isEqualTo(1);
        assertThat(said()).contains("a new version gets the next number");
    }

    @Test
    void aDiskIsNotTakenTwice() throws IOException {
        Files.writeString(root.resolve("sys/block/sda/serial"), "S1\n");
        assertThat(img("", "make", images(), "room12", "--disk", "sda,S1")).isZero();
        assertThat(img("", "dump", images(), "room12")).isZero();
        assertThat(said().lines().filter(line -> line.startsWith("disk of"))).hasSize(1);
    }

    /** The PC's own disk fails, and the USB disk that the image of it is to go to comes behind it. */
    @Test
    void aDiskThatCannotBeReadDoesNotHideTheOthers() {
        bad = 0;
        assertThat(img("", "dump")).isEqualTo(1);
        assertThat(said())
                .contains("/dev/sda (4 MiB)", "FAILED: /dev/sda cannot be read")
                .containsPattern("/dev/sdb \\(4 MiB\\)\n  no partition table");
    }

    @Test
    void anImageThatIsDamagedDoesNotHideTheOthers() throws IOException {
        img("", "make", images(), "room12");
        img("", "make", images(), "room13");
        try (Stream<Path> files = Files.walk(root.resolve("images/manifests/room12"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(file, new byte[100]);
            }
        }
        assertThat(img("", "list", images())).isEqualTo(1);
        assertThat(said()).containsPattern("room12@1 +FAILED: ").containsPattern("room13@1 +4 MiB");
    }

    /** While an image is made of it nothing may write to a disk: not even what writes the image. */
    @Test
    void anImageOfADiskIsNotMadeOnThatDisk() throws IOException {
        Files.createDirectories(root.resolve("sys/block/sda/sda3"));
        assertThat(img("", "make", "/dev/sda3", "room12")).isEqualTo(1);
        assertThat(said()).contains("/dev/sda3 is on the disk /dev/sda");
        assertThat(img("", "restore", "/dev/sda3:images", "room12", "--yes")).isEqualTo(1);
        assertThat(said()).contains("/dev/sda3 is on the disk /dev/sda");
        assertThat(img("", "make", "/dev/sdb", "room12", "--disk", "sda,sdb")).isEqualTo(1);
        assertThat(said()).contains("/dev/sdb is on the disk /dev/sdb");

        Path mounts = Files.createDirectories(root.resolve("proc/self")).resolve("mounts");
        Files.writeString(
                mounts,
                "/dev/sdb1 / ext4 rw 0 0\n/dev/sda3 " + root.toRealPath()
                        + " ext4 rw 0 0\ntmpfs /tmp/x tmpfs rw 0 0\n");
        assertThat(img("", "make", images(), "room12")).isEqualTo(1);
        assertThat(said()).contains("/dev/sda3 is on the disk /dev/sda");
        assertThat(img("", "make", images(), "room12", "--disk", "sdb")).isZero();
    }

    /** Without names the server's order would be for as many of this PC's disks as the image has. */
    @Test
    void aServerIsToldOfTheDisksThatThePersonAgreedTo() {
        Device system = new Device("nvme0n1", SIZE, "SYS1", "", true);
        Device twin = new Device("sda", SIZE, "TWIN", "", true);
        Device other = new Device("sdb", SIZE, "TWIN", "", true);
        Device nameless = new Device("sdc", SIZE, "", "", true);
        List<Device> all = List.of(system, twin, other, nameless);
        assertThat(Prompt.lasting(List.of(system), all)).containsExactly("SYS1");
        assertThat(Prompt.lasting(List.of(other, nameless), all)).containsExactly("sdb", "sdc");
    }

    @Test
    void aServerIsNeededOnlyForWhatAServerDoes() {
        assertThat(img("", "auto")).isEqualTo(1);
        assertThat(said()).contains("There is no server to ask");
        assertThat(img("", "session", "--yes", "3")).isEqualTo(1);
        assertThat(said()).contains("There is no server to ask");
        assertThat(img("", "session", "--yes", images(), "3")).isEqualTo(1);
        assertThat(said()).contains("There are no sessions at").contains("they are a server's");
    }

    @Test
    void factsAreVariablesForAScript() {
        assertThat(img("", "info", "--shell")).isZero();
        assertThat(said()).contains("FL_SERIAL='it'\\''s B5RJ12'\n");
        assertThat(img("", "info")).isZero();
        assertThat(said()).containsPattern("serial +it's B5RJ12\n");
    }

    @Test
    void imageSafeDataAreSetShownKeptAcrossARestoreAndCleared() throws IOException {
        img("", "make", images(), "room12");
        assertThat(img("", "safe")).isZero();
        assertThat(said()).contains("no image-safe data on /dev/sda");
        assertThat(img("", "safe", "--set", "computer-name=PC-03")).isEqualTo(1);
        assertThat(said()).contains("There is no room for image-safe data").contains("it has no partition table");

        Tool table = Tool.run(
                List.of("sh", "-c", "printf 'label: gpt\\nstart=2048\\n' | sfdisk --quiet " + root.resolve("dev/sda")));
        assertThat(table.succeeded()).as(table.output()).isTrue();
        assertThat(img("", "dump")).isZero();
        assertThat(said()).containsPattern("1  start +1024 KiB, +3055 KiB +-").contains("no partition table, -");
        img("", "make", images(), "parted");
        assertThat(img("", "safe", "--set", "computer-name=PC-03")).isZero();
        assertThat(said()).containsPattern("computer-name +PC-03\n");
        assertThat(img("", "safe", "--set", "Name=x")).isEqualTo(1);
        assertThat(said()).contains("'Name' is no key of image-safe data");
        assertThat(img("", "restore", images(), "parted", "--yes")).isZero();
        assertThat(img("", "info")).isZero();
        assertThat(said()).containsPattern("safe-name +PC-03\n").containsPattern("safe-image +parted 1\n");
        assertThat(img("yes\n", "safe", "--clear")).isZero();
        assertThat(said()).contains("2 copies cleared").contains("no image-safe data on /dev/sda");
    }

    /** As the server's work does: what a larger disk has more stayed unused, and nobody was told of either. */
    @Test
    void aLargerDiskIsUsedUpAndAPersonToldHow() throws IOException {
        disk("sda", 24);
        disk("sdb", 48);
        Tool table = Tool.run(List.of(
                "sh",
                "-c",
                "printf 'label: gpt\\nstart=2048\\n' | sfdisk --quiet %1$s && mkfs.vfat --offset 2048 %1$s 22528 > /dev/null"
                        .formatted(root.resolve("dev/sda"))));
        assertThat(table.succeeded()).as(table.output()).isTrue();
        assertThat(img("", "make", images(), "parted")).as(said()).isZero();

        assertThat(img("yes\n", "restore", images(), "parted", "--disk", "sdb"))
                .as(said())
                .isZero();
        assertThat(said()).contains("partition 1 (vfat) grows from 22 MiB to 46 MiB");
        assertThat(img("yes\n", "restore", images(), "parted", "--disk", "sdb", "--grow", "none"))
                .isZero();
        assertThat(said()).contains("24 MiB stay free behind it").doesNotContain("grows");
        assertThat(img("", "restore", images(), "parted", "--disk", "sdb", "--grow", "all"))
                .isEqualTo(1);
        assertThat(said()).contains("'all' is no partition's number");
        assertThat(img("", "restore", "server", "parted", "--grow", "none")).isEqualTo(1);
        assertThat(said()).contains("firstlight work restore PC IMAGE --grow none");
    }

    /** As after a server's work; what a PC of UEFI needs for its start was looked at there alone. */
    @Test
    void whetherThisPcStartsFromItIsLookedAt() throws IOException {
        Path sda = root.resolve("dev/sda");
        Tool table = Tool.run(
                List.of("sh", "-c", "printf 'label: dos\\nstart=2048\\n' | sfdisk --quiet --wipe never " + sda));
        assertThat(table.succeeded()).as(table.output()).isTrue();
        try (FileChannel disk = FileChannel.open(sda, StandardOpenOption.WRITE)) {
            disk.write(ByteBuffer.wrap(new byte[] {(byte) 0xEB}), 0);
        }
        Path firmware = Files.createDirectories(root.resolve("sys/firmware/efi"));
        Files.writeString(firmware.resolve("fw_platform_size"), "64\n");
        img("", "make", images(), "bios");
        assertThat(img("", "restore", images(), "bios", "--disk", "sdb", "--yes"))
                .isZero();
        assertThat(said()).contains("verified, but this PC started by UEFI, and the image has no EFI system partition");
    }

    @Test
    void asManyDisksAreOverwrittenAsAPersonWasAskedAbout() throws IOException {
        img("", "make", images(), "one");
        img("", "make", images(), "two", "--disk", "sda,sdb");
        assertThat(img("yes\n", "restore", images(), "two", "--disk", "sda")).isEqualTo(1);
        assertThat(said())
                .contains("The image has 2 disks, and 1 disk of this PC's is to take it")
                .doesNotContain("will be lost");
        assertThat(img("yes\n", "restore", images(), "one", "--disk", "sda,sdb"))
                .isEqualTo(1);
        assertThat(said())
                .contains("The image has 1 disk, and 2 disks of this PC's are to take it")
                .doesNotContain("will be lost");
    }

    @Test
    void everyModeTeachesItself() {
        for (String mode :
                new String[] {"auto", "make", "restore", "list", "dump", "info", "partition", "session", "safe"}) {
            assertThat(img("", mode, "--help")).isZero();
            assertThat(said()).startsWith("Usage: img " + mode);
        }
        assertThat(img("")).isZero();
        assertThat(said()).contains("img make server room12");
        assertThat(img("", "frobnicate")).isEqualTo(2);
    }

    private void disk(String name, int mib) throws IOException {
        Files.write(root.resolve("dev").resolve(name), new byte[mib << 20]);
        Files.writeString(root.resolve("sys/block").resolve(name).resolve("size"), (mib << 11) + "\n");
    }

    private String images() {
        return root.resolve("images").toString();
    }

    private int img(String typed, String... arguments) {
        screen.reset();
        Console console = new Console(new PrintStream(screen, true, StandardCharsets.UTF_8));
        Prompt prompt = new Prompt(
                root,
                console,
                new BufferedReader(new StringReader(typed)),
                (node, writing) -> new Failing(
                        DiskFile.open(
                                root.resolve(node.toString().substring(1)),
                                512,
                                writing ? Access.READ_WRITE : Access.READ),
                        node.endsWith("sda") ? bad : -1,
                        beforeRead),
                "console=ttyS0");
        return Img.run(prompt, arguments);
    }

    private String said() {
        return screen.toString(StandardCharsets.UTF_8);
    }
}
