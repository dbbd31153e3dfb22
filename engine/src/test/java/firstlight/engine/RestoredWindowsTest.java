package firstlight.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.disk.Access;
import firstlight.image.disk.LoopDevice;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import firstlight.image.tree.MountedSystem;
import firstlight.image.windows.AnswerFile;
import firstlight.image.windows.WindowsName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NTFS with a hive made by hivex and nothing else of Windows. */
class RestoredWindowsTest {
    private static final String SYSTEM = "WINDOWS/system32/Config/SYSTEM";
    private static final String STATE = "WINDOWS/Setup/State/State.ini";

    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void aDriveWithoutAWindows() throws IOException {
        disk = folder.resolve("disk");
        run("sh", "-ec", "truncate -s 40M \"$0\"; mkntfs -q -Q -F \"$0\"", disk.toString());
    }

    private static String run(String... command) throws IOException {
        Tool tool = Tool.run(List.of(command));
        assertThat(tool.succeeded()).as(tool.output()).isTrue();
        return tool.output();
    }

    private interface OnRoot {
        void use(Path root) throws IOException;
    }

    private void on(boolean writable, OnRoot work) throws IOException {
        try (LoopDevice loop = LoopDevice.attach(disk, 512, writable ? Access.READ_WRITE : Access.READ);
                MountedSystem mounted = MountedSystem.open(
                        loop.node(),
                        FileSystem.NTFS,
                        "",
                        writable ? MountedSystem.Use.WRITE : MountedSystem.Use.READ)) {
            work.use(mounted.point());
        }
    }

    private void has(String path, byte[] content) throws IOException {
        on(true, root -> {
            Files.createDirectories(Objects.requireNonNull(root.resolve(path).getParent()));
            Files.write(root.resolve(path), content);
        });
    }

    private byte[] content(String path) throws IOException {
        byte[][] content = new byte[1][];
        on(false, root -> content[0] = Files.readAllBytes(root.resolve(path)));
        return content[0];
    }

    private Optional<String> named(String name) throws IOException {
        return new RestoredSystem(name, Optional.empty(), "", "")
                .applyTo(
                        (access, work) -> {
                            try (LoopDevice loop = LoopDevice.attach(disk, 512, access)) {
                                return work.with(loop.node());
                            }
                        },
                        FileSystem.NTFS);
    }

    @Test
    void aWindowsThatIsSetUpGetsItsNameIntoItsRegistry() throws IOException {
        has(SYSTEM, hive());
        has(STATE, "[State]\r\nImageState=IMAGE_STATE_COMPLETE\r\n".getBytes(UTF_8));
        has("WINDOWS/Panther/unattend.xml", "<ComputerName>GOLD</ComputerName>".getBytes(UTF_8));
        assertThat(named("Room12-PC7")).hasValue(", its Windows named Room12-PC7");
        byte[] hive = content(SYSTEM);
        assertThat(hive).isNotEqualTo(hive());
        assertThat(WindowsName.in(hive).give("room12-pc7").orElseThrow()).isEqualTo(hive);
        assertThat(content("WINDOWS/Panther/unattend.xml")).asString(UTF_8).contains("GOLD");
    }

    @Test
    void oneThatWasGeneralizedTakesItFromItsAnswerFile() throws IOException {
        has(SYSTEM, hive());
        has(STATE, "[State]\r\nImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE\r\n".getBytes(UTF_8));
        has("WINDOWS/system32/sysprep/unattend.xml", "<ComputerName>*</ComputerName>".getBytes(UTF_8));
        assertThat(named("PC-7")).hasValue(", its Windows will take the name PC-7 at its first start");
        assertThat(content("WINDOWS/system32/sysprep/unattend.xml"))
                .asString(UTF_8)
                .isEqualTo("<ComputerName>PC-7</ComputerName>");
        assertThat(content(SYSTEM)).isEqualTo(hive());
    }

    @Test
    void withoutAnAnswerFileItGetsOneWhereSetupLooksLastAndOneThatNamesNothingIsLeftAlone() throws IOException {
        has(SYSTEM, hive());
        has(STATE, "ImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE".getBytes(UTF_8));
        assertThat(named("PC-7")).hasValue(", its Windows will take the name PC-7 at its first start");
        assertThat(content("Unattend.xml")).asString(UTF_8).contains(">PC-7<");
        has("WINDOWS/Panther/Unattend.xml", "<unattend/>".getBytes(UTF_8));
        assertThat(named("PC-7").orElseThrow())
                .startsWith(", its Windows was not named PC-7: its answer file WINDOWS/Panther/Unattend.xml");
        assertThat(content("WINDOWS/Panther/Unattend.xml")).asString(UTF_8).isEqualTo("<unattend/>");
    }

    @Test
    void oneThatWasGeneralizedNeedsNoRegistryForIt() throws IOException {
        byte[] hive = hive();
        hive[4] ^= 1;
        hive[0x1FC] ^= 1;
        has(SYSTEM, hive);
        has(STATE, "ImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE".getBytes(UTF_8));
        assertThat(named("PC-7")).hasValue(", its Windows will take the name PC-7 at its first start");
    }

    @Test
    void theFirstAnswerFileThatSetupFindsDecides() throws IOException {
        has(SYSTEM, hive());
        has(STATE, "ImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE".getBytes(UTF_8));
        has("WINDOWS/Panther/Unattend.xml", "<unattend/>".getBytes(UTF_8));
        has("WINDOWS/system32/Sysprep/unattend.xml", "<ComputerName>*</ComputerName>".getBytes(UTF_8));
        assertThat(named("PC-7").orElseThrow()).contains("was not named", "WINDOWS/Panther/Unattend.xml");
    }

    /** Of the last master: the name that Firstlight gave it is in the image of the next one. */
    @Test
    void theNameOfThePcThatItWasCapturedFromGoesOutOfOurAnswerFileWhereNoneCanBeGiven() throws IOException {
        has(SYSTEM, hive());
        has(STATE, "ImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE".getBytes(UTF_8));
        assertThat(named("PC-7")).hasValue(", its Windows will take the name PC-7 at its first start");
        assertThat(named("52:54:00:12:34:56").orElseThrow())
                .contains("was not named", "the name of the PC that it was captured from was taken out");
        assertThat(content("Unattend.xml")).isEqualTo(AnswerFile.of("*"));

        byte[] own = "<ComputerName>KIOSK</ComputerName>".getBytes(UTF_8);
        has("Unattend.xml", own);
        assertThat(named("52:54:00:12:34:56").orElseThrow()).endsWith("not digits alone");
        assertThat(content("Unattend.xml")).as("somebody's").isEqualTo(own);
    }

    /** Setup keeps the file that a master was installed by, and does no pass of it twice. */
    @Test
    void anAnswerFileThatSetupHasUsedUpDoesNotDecide() throws IOException {
        has(SYSTEM, hive());
        has(STATE, "ImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE".getBytes(UTF_8));
        has("WINDOWS/Panther/unattend.xml", """
                <settings pass="specialize" wasPassProcessed="true"><ComputerName>GOLD</ComputerName></settings>
                """.getBytes(UTF_8));
        assertThat(named("PC-7")).hasValue(", its Windows will take the name PC-7 at its first start");
        assertThat(content("Unattend.xml")).isEqualTo(AnswerFile.of("PC-7"));
        assertThat(content("WINDOWS/Panther/unattend.xml"))
                .asString(UTF_8)
                .as("should Setup take the mark away")
                .contains(">PC-7<");
    }

    @Test
    void anAnswerFileOnAStickThatWasThereAtSysprepIsNotLookedForOnTheDrive() throws IOException {
        has(SYSTEM, hive("stick"));
        has(STATE, "ImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE".getBytes(UTF_8));
        has("unattend.xml", "<unattend/>".getBytes(UTF_8));
        has("WINDOWS/Panther/unattend.xml", "<ComputerName>*</ComputerName>".getBytes(UTF_8));
        assertThat(named("PC-7")).hasValue(", its Windows will take the name PC-7 at its first start");
    }

    @Test
    void oneThatHasItsNameIsNotWrittenTo() throws IOException {
        has(SYSTEM, hive());
        assertThat(named("gold-1")).hasValue(", its Windows is named gold-1");
        assertThat(content(SYSTEM)).isEqualTo(hive());
    }

    @Test
    void aNameThatWindowsDoesNotTakeIsSaidAndNothingIsTouched() throws IOException {
        has(SYSTEM, hive());
        assertThat(named("a-computer-of-the-library").orElseThrow()).contains("was not named", "2 to 15");
        assertThat(content(SYSTEM)).isEqualTo(hive());
    }

    @Test
    void aDriveWithoutAWindowsIsNone() throws IOException {
        has("Users/a.txt", new byte[] {1});
        assertThat(named("PC-7")).isEmpty();
    }

    @Test
    void aHiveThatWindowsHadNotFinishedStaysAsItIs() throws IOException {
        byte[] hive = hive();
        hive[4] ^= 1;
        hive[0x1FC] ^= 1;
        has(SYSTEM, hive);
        assertThat(named("PC-7").orElseThrow()).contains("was not named PC-7", "had not finished");
        assertThat(content(SYSTEM)).isEqualTo(hive);
    }

    private static byte[] hive() throws IOException {
        return hive("named");
    }

    private static byte[] hive(String name) throws IOException {
        try (InputStream file = RestoredWindowsTest.class.getResourceAsStream("/hives/" + name)) {
            return Objects.requireNonNull(file).readAllBytes();
        }
    }
}
